import type { Reporter } from "vitest/node";

/** Names the tests that passed only when they were done again, at the end where nobody overlooks it. */
export const secondAttempts = (write: (text: string) => void): Reporter => ({
  onTestRunEnd(modules) {
    const flaky = modules.flatMap((module) => [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky === true));
    if (flaky.length === 0) return;
    write(`\ntests: ${flaky.length} passed only at the second attempt, which is a defect of the test or of what it tests:\n`);
    for (const test of flaky) {
      write(`  ${test.module.relativeModuleId}: ${test.fullName}\n`);
      for (const { message } of test.result().errors ?? []) write(`    ${message.split("\n", 1)[0]}\n`);
    }
  },
});
