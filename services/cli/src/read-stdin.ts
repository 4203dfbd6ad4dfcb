import { text } from "node:stream/consumers";
import type { Io } from "./io.ts";

/** All of standard input, as text. It may stay open for ever: a signal ends it. */
export async function readStdin({ stdin, signal }: Pick<Io, "stdin" | "signal">): Promise<string> {
  const abort = (): void => void stdin.destroy(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  stdin.once("close", () => signal.removeEventListener("abort", abort));
  return text(stdin);
}
