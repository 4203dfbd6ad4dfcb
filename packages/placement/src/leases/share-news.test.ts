import { expect, test } from "vitest";
import { createShareNews } from "./share-news.ts";
import { newSlot } from "./slot.ts";

test("[P1] an operator is told in one line what a host has taken and what is gone, when that is done", () => {
  const said: unknown[] = [];
  const news = createShareNews({ info: (fields: object, text?: string) => void said.push([text, fields]) }, "north");
  const slots = Array.from({ length: 8 }, (_, partition) => newSlot(partition, String(partition)));
  const become = (state: "active" | "unowned", ...partitions: readonly number[]): void => {
    for (const partition of partitions) slots[partition]!.state = state;
  };
  news.look(slots);
  become("active", 0, 1);
  slots[2]!.task = Promise.resolve();
  news.look(slots);
  expect(said).toEqual([]);
  slots[2]!.task = undefined;
  become("active", 2, 5, 7);
  news.look(slots);
  news.look(slots);
  expect(said.splice(0)).toEqual([["5 partitions are ours", { host: "north", taken: "0-2, 5, 7" }]]);
  become("unowned", 0, 1, 2, 7);
  news.look(slots);
  become("unowned", 5);
  become("active", 6);
  news.look(slots);
  expect(said).toEqual([
    ["1 partition is ours", { host: "north", gone: "0-2, 7" }],
    ["1 partition is ours", { host: "north", taken: "6", gone: "5" }],
  ]);
});
