import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createIo } from "../testing/test-io.ts";
import { createLongWork, duration } from "./long-work.ts";
import { createNotes } from "./notes.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("where no terminal is, work that takes minutes says at once what it does, then now and then where it is", () => {
  const io = createIo({ cwd: "/" });
  const work = createLongWork(createNotes(io), "immudb", { isTerminal: false });
  work.step("building it; this takes some minutes");
  work.step("compiled 50 packages");
  work.step("compiled 100 packages");
  expect(io.stderr.text()).toBe("immudb: building it; this takes some minutes\n");
  vi.advanceTimersByTime(75_000);
  work.close();
  vi.advanceTimersByTime(75_000);
  const [, ...later] = io.stderr.text().trimEnd().split("\n");
  expect(later).toEqual(["15 s", "30 s", "45 s", "1 min 00 s", "1 min 15 s"].map((time) => `immudb: compiled 100 packages (${time})`));
  expect(io.stdout.text()).toBe("");
});

test("on a terminal the first line stays, and one below it shows that it goes on", () => {
  const io = createIo({ cwd: "/", terminal: { columns: 80 } });
  const work = createLongWork(createNotes(io), "nats", { isTerminal: true });
  work.step("building it");
  work.step("downloading something");
  vi.advanceTimersByTime(2_000);
  work.close();
  const text = io.stderr.text();
  expect(text.startsWith("nats: building it\n")).toBe(true);
  expect(text.split("\r\u001B[2K").slice(1)).toEqual([
    "nats: downloading something (0 s)",
    "nats: downloading something (1 s)",
    "nats: downloading something (2 s)",
    "",
  ]);
});

test("nothing is told of work that was none", () => {
  const io = createIo({ cwd: "/" });
  const work = createLongWork(createNotes(io), "nats", { isTerminal: false });
  vi.advanceTimersByTime(60_000);
  work.close();
  expect(io.stderr.text()).toBe("");
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min 00 s"],
  [204_000, "3 min 24 s"],
])("%d ms are %s", (ms, text) => expect(duration(ms)).toBe(text));
