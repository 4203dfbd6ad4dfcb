import { styleText } from "node:util";
import { columnsOf, hasColor, type Io } from "../io.ts";
import { cut } from "./display-width.ts";
import { visible } from "./visible.ts";

/** What a person is told beside the data, on standard error. */
export type Notes = {
  note(line: string): void;
  warn(line: string): void;
  /** Replaces the line of progress; where there is no terminal, only what takes long says a line of it every half minute. */
  progress(line: string): void;
  /** Takes the line of progress away. */
  clear(): void;
};

const betweenMs = 100;
const betweenLinesMs = 30_000;

export function createNotes({ stderr, env }: Pick<Io, "stderr" | "env">, nowMs: () => number = () => performance.now()): Notes {
  const color = hasColor(stderr, env);
  let shownMs = Number.NEGATIVE_INFINITY;
  /** Of the last line of progress where there is no terminal, or of the first that could have been. */
  let lineMs: number | undefined;
  let isShown = false;

  function clear(): void {
    if (isShown) stderr.write("\r\u001B[2K");
    isShown = false;
    shownMs = Number.NEGATIVE_INFINITY;
  }
  function line(text: string): void {
    clear();
    stderr.write(`${text}\n`);
  }

  return {
    note: (text) => line(visible(text)),
    warn: (text) => line(`${color ? styleText("yellow", "warning:", { validateStream: false }) : "warning:"} ${visible(text)}`),
    progress(text) {
      const now = nowMs();
      if (stderr.isTTY !== true) {
        lineMs ??= now;
        if (now - lineMs < betweenLinesMs) return;
        lineMs = now;
        stderr.write(`${visible(text)}\n`);
        return;
      }
      if (now - shownMs < betweenMs) return;
      shownMs = now;
      isShown = true;
      stderr.write(`\r\u001B[2K${cut(visible(text), (columnsOf(stderr) ?? 80) - 1)}`);
    },
    clear,
  };
}
