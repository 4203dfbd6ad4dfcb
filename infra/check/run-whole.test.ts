import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

// Below the repository, as the tests in it import vitest.
const results = join(import.meta.dirname, "../../.test-results");
const program = fileURLToPath(import.meta.resolve("./testing/run-whole-process.ts"));

const source = "export const one = () => {\n  return 1;\n};\nexport const two = () => {\n  return 2;\n};\n";
const good = 'test("a", () => expect(one()).toBe(1));\ntest("b", () => expect(1).toBe(1));\n';
const covers = 'test("c", () => expect(two()).toBe(2));\n';
/** What fails where this is the first line of a file of tests: that file, when it is run for the first time. */
const once = (fails: string): string => `if (!existsSync(import.meta.filename + ".run")) { ${marks} ${fails} }\n`;
const marks = 'writeFileSync(import.meta.filename + ".run", "");';

describe("a run of everything", { timeout: 120_000 }, () => {
  test("repeats a file that failed and one whose process was ended, and holds the thresholds over both runs", () => {
    const { code, output, report } = run({ good, fails: once('throw new Error("no server");') + covers, dies: once(kill) + good });
    expect(report).toEqual({ passed: 5, failed: 0, files: 3 });
    expect(output).toMatch(/passed only at the second run, 2 of the files:\n {2}.*(dies|fails)\.test\.ts\n {2}.*(dies|fails)\.test\.ts\n/);
    expect(code).toBe(0);
  });

  test("fails when a file fails twice, and counts it once", () => {
    const { code, output, report } = run({ good, fails: covers, twice: 'test("d", () => expect(two()).toBe(3));\n' });
    expect(report).toEqual({ passed: 3, failed: 1, files: 3 });
    expect(output).not.toContain("passed only at the second run");
    expect(code).toBe(1);
  });

  test("fails where both runs together cover too little", () => {
    const { code, output, report } = run({ good, fails: once('throw new Error("no server");') + good });
    expect(report).toEqual({ passed: 4, failed: 0, files: 2 });
    expect(output).toContain("does not meet global threshold");
    expect(code).toBe(1);
  });
});

const kill = 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});';

type Results = { readonly numPassedTests: number; readonly numFailedTests: number; readonly testResults: readonly unknown[] };

/** Runs these files of tests, by their names. */
function run(files: Readonly<Record<string, string>>): { code: number | null; output: string; report: object } {
  mkdirSync(results, { recursive: true });
  const folder = mkdtempSync(join(results, "run-whole-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const imports = 'import { existsSync, writeFileSync } from "node:fs";\nimport { expect, test } from "vitest";\n';
  writeFileSync(join(folder, "source.ts"), source);
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, `${name}.test.ts`), `${imports}import { one, two } from "./source.ts";\n${text}`);
  const { VITEST: _, VITEST_WORKER_ID: __, VITEST_POOL_ID: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, folder], { encoding: "utf8", env: { ...env, CI: "true" } });
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
  const report = { passed: numPassedTests, failed: numFailedTests, files: testResults.length };
  return { code: status, output: `${stdout}${stderr}`, report };
}
