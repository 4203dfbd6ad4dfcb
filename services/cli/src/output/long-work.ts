import type { Notes } from "./notes.ts";

/** Work that takes minutes, as a person is told of it: a line that goes on on a terminal, else a line now and then. */
export type LongWork = {
  /** What it does now. */
  step(line: string): void;
  /** Takes the line of progress away; nothing is told any more. */
  close(): void;
};

const terminalEveryMs = 1_000;
const otherwiseEveryMs = 15_000;

/** Tells what is done, and for how long already, also while nothing new comes. */
export function createLongWork(
  notes: Pick<Notes, "note" | "progress" | "clear">,
  name: string,
  { isTerminal, nowMs = () => performance.now() }: { readonly isTerminal: boolean; readonly nowMs?: () => number },
): LongWork {
  const beganMs = nowMs();
  let latest: string | undefined;
  const shown = (): string => `${name}: ${latest ?? ""} (${duration(nowMs() - beganMs)})`;
  const timer = setInterval(
    () => {
      if (latest !== undefined) (isTerminal ? notes.progress : notes.note)(shown());
    },
    isTerminal ? terminalEveryMs : otherwiseEveryMs,
  );
  return {
    step(line) {
      // What it begins with stays to be read: what is done, and that it takes long.
      if (latest === undefined) notes.note(`${name}: ${line}`);
      else if (isTerminal) notes.progress(`${name}: ${line} (${duration(nowMs() - beganMs)})`);
      latest = line;
    },
    close() {
      clearInterval(timer);
      notes.clear();
    },
  };
}

/** `45 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
