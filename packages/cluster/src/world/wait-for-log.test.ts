import { silentLog } from "@aethyr/runtime";
import { expect, test } from "vitest";
import { waitForLog } from "./wait-for-log.ts";

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Something that opens after so many failures. */
function opening(failures: readonly Error[]) {
  const left = [...failures];
  let attempts = 0;
  const open = async (): Promise<string> => {
    attempts += 1;
    const next = left.shift();
    if (next !== undefined) throw next;
    return "open";
  };
  return { open, attempts: () => attempts };
}
const signal = new AbortController().signal;

test("[A18] a log that gives no answer yet is tried again, and that is said once; in the end it is what the last attempt says", async () => {
  const warned: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void warned.push(message) };
  const late = opening([failure("immudb_unreachable"), failure("immudb_unreachable")]);
  expect(await waitForLog(late.open, { withinMs: 60_000, log, signal, pauseMs: 1 })).toBe("open");
  expect(warned).toEqual(["ImmuDB gives no answer yet: trying again"]);
  const never = opening([failure("immudb_unreachable")]);
  await expect(waitForLog(never.open, { withinMs: 0, log, signal, pauseMs: 1 })).rejects.toMatchObject({ code: "immudb_unreachable" });
});

test("[A18] what does not pass by itself, and a process that is stopped, is not waited for", async () => {
  const refused = opening([failure("immudb_refused")]);
  await expect(waitForLog(refused.open, { withinMs: 60_000, log: silentLog, signal })).rejects.toMatchObject({ code: "immudb_refused" });
  expect(refused.attempts()).toBe(1);
  const stop = new AbortController();
  const stopped = opening([failure("immudb_unreachable")]);
  const waiting = waitForLog(stopped.open, { withinMs: 60_000, log: silentLog, signal: stop.signal, pauseMs: 60_000 });
  stop.abort();
  await expect(waiting).rejects.toThrow();
  expect(stopped.attempts()).toBe(1);
});
