import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { createLog } from "./log.ts";

/** What a process of its own writes to standard error. */
function written(config: string, isTerminal: boolean): string {
  const program = `import { createLog } from ${JSON.stringify(new URL("./log.ts", import.meta.url).href)};
    createLog(${config}, ${isTerminal}).info({ token: "hunter2", room: "hall" }, "hello");`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(stdout).toBe("");
  return stderr;
}

test.each([
  [`{ level: "info", format: "auto" }`, false],
  [`{ level: "info", format: "json" }`, true],
])("the log %s is JSON for programs, and masks secrets", (config, isTerminal) => {
  expect(JSON.parse(written(config, isTerminal))).toMatchObject({ level: 30, msg: "hello", room: "hall", token: "********" });
});

test.each([
  [`{ level: "info", format: "auto" }`, true],
  [`{ level: "info", format: "pretty" }`, false],
])("the log %s is text for people, and masks secrets", (config, isTerminal) => {
  const text = written(config, isTerminal);
  expect(text).toMatch(/INFO.*hello/s);
  expect(text).not.toContain("hunter2");
});

test("what is below the level is not logged", () => {
  expect(written(`{ level: "warn", format: "json" }`, false)).toBe("");
  expect(createLog({ level: "silent", format: "pretty" }, true).level).toBe("silent");
  expect(createLog({ level: "error", format: "json" }).level).toBe("error");
});
