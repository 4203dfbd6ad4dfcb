import { afterEach, expect, test, vi, type TestContext } from "vitest";
import { requireTool } from "./system-tool.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The reason for which a test that needs a tool is skipped; undefined if it is not. */
function skippedFor(command: string, args: readonly string[]): string | undefined {
  let reason: string | undefined;
  const context = { skip: (note: string) => void (reason = note) } as unknown as TestContext;
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  requireTool(context, "a thing", command, args);
  return reason;
}

const asRoot = (): void => {
  vi.spyOn(process as unknown as { getuid: () => number }, "getuid").mockReturnValue(0);
  vi.spyOn(process, "platform", "get").mockReturnValue("linux");
};

test("a tool that works skips nothing", () => {
  expect(skippedFor("true", [])).toBeUndefined();
});

test("a missing tool is a loud skip for a user, and a failure for root in CI", () => {
  vi.stubEnv("CI", "");
  asRoot();
  expect(skippedFor("no-such-tool", [])).toContain("NOT TESTED: a thing; no-such-tool cannot be run");
  expect(vi.mocked(process.stderr.write).mock.calls.join("")).toContain("NOT TESTED");
  vi.stubEnv("CI", "true");
  expect(() => skippedFor("no-such-tool", [])).toThrow("NOT TESTED: a thing");
});

test("a tool that is there and not allowed is a skip in CI as well", () => {
  vi.stubEnv("CI", "true");
  asRoot();
  expect(skippedFor("sh", ["-c", "echo no right >&2; exit 1"])).toContain("sh refused: no right");
});
