import { spawnSync } from "node:child_process";
import type { TestContext } from "vitest";

/**
 * Runs a tool of the system that a test cannot do without. Where it is missing or not allowed, the test is skipped loudly; it fails where
 * the tool has to be there: in CI, as root on Linux.
 */
export function requireTool(context: TestContext, what: string, command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return;
  const why = `NOT TESTED: ${what}; ${command} ${error === undefined ? `refused: ${stderr.trim()}` : `cannot be run: ${error.message}`}`;
  if (error !== undefined && isCi() && process.platform === "linux" && process.getuid?.() === 0) throw new Error(why);
  process.stderr.write(`\n*** ${why}\n\n`);
  context.skip(why);
}

const isCi = (): boolean => !["", "0", "false"].includes(process.env["CI"] ?? "");
