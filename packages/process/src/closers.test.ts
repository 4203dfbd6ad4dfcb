import { expect, test } from "vitest";
import { createClosers } from "./closers.ts";

test("the last opened is closed first, once, and all of them though one fails: its failure is told", async () => {
  const closed: string[] = [];
  const { opened, close } = createClosers();
  const part = (name: string, failure?: Error) => ({
    async close() {
      closed.push(name);
      if (failure !== undefined) throw failure;
    },
  });
  opened(part("store", new Error("a later failure")));
  opened(part("host"));
  opened(part("lanes", new Error("the lanes are gone")));
  await expect(close()).rejects.toThrow("the lanes are gone");
  await expect(close()).rejects.toThrow("the lanes are gone");
  expect(closed).toEqual(["lanes", "host", "store"]);
  opened(part("late"));
  await expect(close()).rejects.toThrow("the lanes are gone");
  expect(closed).toEqual(["lanes", "host", "store", "late"]);
});
