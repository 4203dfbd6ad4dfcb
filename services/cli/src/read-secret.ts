import { StringDecoder } from "node:string_decoder";
import { InterruptedError } from "./errors.ts";
import type { Io } from "./io.ts";

/** Whether a person types, on a terminal that can be told not to show it. */
export const canReadSecret = ({ stdin }: Pick<Io, "stdin">): boolean => stdin.isTTY === true && stdin.setRawMode !== undefined;

const enter = /[\r\n]/;
const backspace = /[\b\u007F]/;
const interrupt = "\u0003";
const endOfInput = "\u0004";
const eraseLine = "\u0015";
/** What arrow keys and the like send is no part of a password. */
const functionKeys = new RegExp(String.raw`\u001B(?:\[[0-9;]*[A-Za-z~]|O[A-Z])?`, "g");

/**
 * Asks on the terminal, on standard error, and gives the lines that are typed, one for each prompt; nothing of them is shown. Each is handed
 * to `accept`, which may throw to refuse it. Rejects with `InterruptedError` on Ctrl-C.
 */
export async function readSecrets(
  { stdin, stderr, signal }: Pick<Io, "stdin" | "stderr" | "signal">,
  prompts: readonly string[],
  accept: (line: string, index: number) => void,
): Promise<readonly string[]> {
  const lines: string[] = [];
  let typed: string[] = [];
  const decoder = new StringDecoder("utf8");
  const all = Promise.withResolvers<void>();

  function take(key: string): void {
    if (key === interrupt) throw new InterruptedError("SIGINT");
    if (enter.test(key) || key === endOfInput) {
      const line = typed.join("");
      typed = [];
      stderr.write("\n");
      accept(line, lines.length);
      lines.push(line);
      if (lines.length < prompts.length) stderr.write(prompts[lines.length] ?? "");
      else all.resolve();
    } else if (backspace.test(key)) typed.pop();
    else if (key === eraseLine) typed = [];
    else if (key >= " ") typed.push(key);
  }
  function onData(chunk: Buffer | string): void {
    const text = decoder.write(Buffer.from(chunk)).replace(functionKeys, "");
    try {
      for (const key of text) if (lines.length < prompts.length) take(key);
    } catch (error) {
      all.reject(error);
    }
  }
  const onEnd = (): void => all.reject(new InterruptedError("SIGINT"));
  const onAbort = (): void => all.reject(signal.reason as Error);

  signal.throwIfAborted();
  stdin.setRawMode?.(true);
  stdin.on("data", onData).once("end", onEnd);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    stderr.write(prompts[0] ?? "");
    await all.promise;
    return lines;
  } finally {
    stdin.off("data", onData).off("end", onEnd);
    signal.removeEventListener("abort", onAbort);
    stdin.setRawMode?.(false);
    // Otherwise the process would wait for what is typed next.
    stdin.pause();
  }
}
