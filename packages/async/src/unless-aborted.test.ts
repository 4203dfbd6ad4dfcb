import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { unlessAborted } from "./unless-aborted.ts";

test("without an abort the outcome is the work's own, and the signal is let go", async () => {
  const { signal } = new AbortController();
  await expect(unlessAborted(Promise.resolve("done"), undefined)).resolves.toBe("done");
  await expect(unlessAborted(Promise.resolve("done"), signal)).resolves.toBe("done");
  await expect(unlessAborted(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("an abort ends the waiting with its reason, and what the work comes to goes nowhere", async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<string>();
  const waiting = unlessAborted(work.promise, controller.signal);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  // Would be an unhandled rejection, which fails the run.
  work.reject(new Error("late"));
});

test("a signal that was aborted before counts, also before work that is done", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(unlessAborted(Promise.resolve("done"), signal)).rejects.toThrow("enough");
  await expect(unlessAborted(Promise.reject(new Error("broken")), signal)).rejects.toThrow("enough");
});
