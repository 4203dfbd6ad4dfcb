import { expect, test } from "vitest";
import { createIo } from "../testing/test-io.ts";
import { createNotes } from "./notes.ts";

test("progress shows on a terminal in one line that is taken away before anything else is said", () => {
  const io = createIo({ cwd: "/", terminal: { columns: 12 } });
  const notes = createNotes(io);
  notes.progress("rooms  [####----]");
  notes.note("done");
  expect(io.stderr.text()).toBe("\r\u001B[2Krooms  [##…\r\u001B[2Kdone\n");
  expect(io.stdout.text()).toBe("");
});

test("progress where there is no terminal says nothing of short work, and a line every half minute of long work", () => {
  const io = createIo({ cwd: "/" });
  let nowMs = 0;
  const notes = createNotes(io, () => nowMs);
  for (nowMs = 5_000; nowMs < 35_000; nowMs += 1_000) notes.progress("rooms");
  notes.clear();
  expect(io.stderr.text()).toBe("");
  for (nowMs = 35_000; nowMs < 100_000; nowMs += 1_000) notes.progress(`at ${nowMs}`);
  expect(io.stderr.text()).toBe("at 35000\nat 65000\nat 95000\n");
});

test("progress does not flood the terminal", () => {
  const io = createIo({ cwd: "/", terminal: { columns: 80 } });
  let nowMs = 0;
  const notes = createNotes(io, () => nowMs);
  for (nowMs = 0; nowMs < 1_000; nowMs += 1) notes.progress(`at ${nowMs}`);
  expect(io.stderr.text().split("\r").length - 1).toBe(10);
});

test("warnings are marked, painted on a terminal only, and cannot break out of their line", () => {
  const plain = createIo({ cwd: "/" });
  createNotes(plain).warn("a\n\u001B[31mb");
  expect(plain.stderr.text()).toBe("warning: a\\n\\u001b[31mb\n");
  const painted = createIo({ cwd: "/", terminal: { columns: 80 } });
  createNotes(painted).warn("a");
  expect(painted.stderr.text()).toBe("\u001B[33mwarning:\u001B[39m a\n");
});
