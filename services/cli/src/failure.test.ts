import { AethyrError } from "@aethyr/kernel";
import { ConfigError } from "@aethyr/process";
import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { CliError, InterruptedError, UsageError } from "./errors.ts";
import { exitCodeOf, reportFailure } from "./failure.ts";
import { createIo } from "./testing/test-io.ts";

function told(error: unknown, { verbose = false, terminal = false } = {}): string {
  const io = createIo({ cwd: "/", ...(terminal ? { terminal: { columns: 80 } } : {}) });
  reportFailure(error, io, verbose);
  expect(io.stdout.text()).toBe("");
  return io.stderr.text();
}
const brokenPipe = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });

test.each([
  ["a failure", new CliError("not_found", "x"), 1],
  ["a bug", new Error("x"), 1],
  ["something that is no error", "x", 1],
  ["wrong usage", new UsageError("x"), 2],
  ["wrong usage that commander finds", new CommanderError(1, "commander.unknownOption", "error: x"), 2],
  ["help", new CommanderError(0, "commander.helpDisplayed", "(outputHelp)"), 0],
  ["Ctrl-C", new InterruptedError("SIGINT"), 130],
  ["a polite kill", new InterruptedError("SIGTERM"), 143],
  ["a reader that went away", brokenPipe, 141],
])("the exit code of %s", (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("an error is one line, and a stack only with --verbose", () => {
  const error = new CliError("not_found", "there is no room/hall: look elsewhere", {}, { cause: new Error("the cause") });
  expect(told(error)).toBe("error: there is no room/hall: look elsewhere\n");
  const verbose = told(error, { verbose: true });
  expect(verbose).toMatch(/^error: there is no room\/hall: look elsewhere\n {2}CliError: /);
  expect(verbose).toContain("caused by: Error: the cause");
});

test("what a failing part had to say stands below the line, each problem of a configuration too", () => {
  expect(told(new AethyrError("x", "the build failed\nline 1\nline 2"))).toBe("error: the build failed\n  line 1\n  line 2\n");
  expect(told(new ConfigError(["a is wrong", "b is wrong"]))).toBe("error: the configuration cannot be used\n  a is wrong\n  b is wrong\n");
});

test("a bug says that it is one and where to look; Node's own errors say what they say", () => {
  expect(told(new Error("x is undefined"))).toBe("error: this should not happen: x is undefined; --verbose shows where\n");
  expect(told("nonsense")).toBe("error: something unexpected was thrown: nonsense\n");
  expect(told(Object.assign(new Error("no space left"), { code: "ENOSPC" }))).toBe("error: no space left\n");
});

test("a token that the world does not take is explained", () => {
  expect(told(new AethyrError("unauthorised", "send the token"))).toContain("AETHYR_API_TOKEN");
});

test("an error message is painted on a terminal only and cannot move its cursor", () => {
  expect(told(new CliError("x", "a\u001B[2Jb"))).toBe("error: a\\u001b[2Jb\n");
  expect(told(new CliError("x", "a"), { terminal: true })).toBe("\u001B[31merror:\u001B[39m a\n");
});

test("nobody is told about an interruption or a reader that went away: they know", () => {
  expect(told(new InterruptedError("SIGINT"))).toBe("");
  expect(told(brokenPipe)).toBe("");
});
