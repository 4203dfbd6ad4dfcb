// count.mjs REPORT INSTALL_EXIT_CODE TEST_EXIT_CODE CHECK_EXIT_CODE: prints "N passed, N failed" and exits with 1 when anything failed.
// Plain JavaScript, as it must run on any Node from 20 on, also when the installation went wrong.
import { readFileSync } from "node:fs";

const [report, ...exitCodes] = process.argv.slice(2);
const [installCode, testCode, checkCode] = exitCodes.map(Number);

const tests = readReport();
// A test run that ends badly without a failed test, or leaves no report, is a failure of its own: coverage, a crash, no install.
if (testCode !== 0 && tests.failed === 0) tests.failed = 1;
const steps = [installCode, checkCode];
const passed = tests.passed + steps.filter((code) => code === 0).length;
const failed = tests.failed + steps.filter((code) => code !== 0).length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readReport() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A file that could not be loaded, or whose hooks failed, counts as one failure though none of its tests ran.
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && !assertionResults.some((result) => result.status === "failed"),
    );
    if (numPassedTests + numFailedTests + broken.length === 0) throw new Error("no test ran");
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch (error) {
    console.error(`no test counts: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
