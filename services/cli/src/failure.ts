import { styleText } from "node:util";
import { AethyrError } from "@aethyr/kernel";
import { ConfigError } from "@aethyr/process";
import { CommanderError } from "commander";
import { InterruptedError, UsageError } from "./errors.ts";
import { hasColor, type Io } from "./io.ts";
import { visible } from "./output/visible.ts";

/** 0: done; 1: failed; 2: the line makes no sense; 128 and more: ended by a signal. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isBrokenPipe(error)) return 141;
  return error instanceof UsageError ? 2 : 1;
}

/** Says what went wrong, in one line; what the failing part itself had to say stands below it. */
export function reportFailure(error: unknown, { stderr, env }: Pick<Io, "stderr" | "env">, verbose: boolean): void {
  // Nobody reads any more, or the person has ended it: neither waits for an explanation.
  if (isBrokenPipe(error) || error instanceof InterruptedError) return;
  const [first = "", ...more] = messageOf(error).trim().split("\n");
  const label = hasColor(stderr, env) ? styleText("red", "error:", { validateStream: false }) : "error:";
  const lines = [`${label} ${visible(first)}`, ...more.map((line) => `  ${visible(line)}`), ...(verbose ? stackOf(error) : [])];
  stderr.write(`${lines.join("\n")}\n`);
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError) return error.message.replace(/^error: /, "");
  if (!(error instanceof Error)) return `something unexpected was thrown: ${String(error)}`;
  if (error instanceof ConfigError) return ["the configuration cannot be used", ...error.problems].join("\n");
  if (isUnauthorised(error))
    return "the world does not take this token: give the one that it was started with, as AETHYR_API_TOKEN or in the configuration file";
  if (error instanceof AethyrError || hasCode(error)) return error.message;
  return `this should not happen: ${error.message}; --verbose shows where`;
}

function stackOf(error: unknown): readonly string[] {
  const stacks: string[] = [];
  for (let each = error; each instanceof Error && stacks.length < 5; each = each.cause) stacks.push(each.stack ?? each.message);
  return stacks.flatMap((stack, index) => `${index === 0 ? "" : "caused by: "}${stack}`.split("\n").map((line) => `  ${visible(line)}`));
}

/** Ours, Node's and the servers' errors carry a code; what has none is a fault of the program. */
const hasCode = (error: Error): boolean => "code" in error && typeof error.code === "string";
const isUnauthorised = (error: Error): boolean => "code" in error && error.code === "unauthorised";
const isBrokenPipe = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "EPIPE";
