import type { MemberStatus } from "@aethyr/operator";
import { expect, test } from "vitest";
import { partitionOperations } from "./partition-operations.ts";
import type { WatchedPlacement } from "./watch-placement.ts";

const member = (host: string, more: Partial<MemberStatus> = {}): MemberStatus => ({
  host,
  state: "serving",
  alive: true,
  weight: 1,
  partitions: 4,
  version: "0.1.0",
  incarnation: `${host}-1`,
  ...more,
});

/** On a board that says nothing new, as it does for a moment. */
function operating(members: readonly MemberStatus[], failing = false) {
  const drained: string[] = [];
  const placement: WatchedPlacement = {
    hosts: () => members.map(({ host, alive }) => ({ host, alive })),
    ownerOf: () => undefined,
    view: () => ({ members, partitions: [] }),
    pin: async () => undefined,
    close: async () => undefined,
  };
  const drain = async (host: string): Promise<void> => {
    if (failing) throw new Error("it gave no answer");
    drained.push(host);
  };
  return { operations: partitionOperations({ placement, hosts: { drain } }), drained };
}

test("[P12] the last host that takes partitions is not drained, also where the others are only just being drained", async () => {
  const { operations, drained } = operating([member("a"), member("b"), member("c", { alive: false }), member("d", { state: "draining" })]);
  const both = await Promise.allSettled([operations.drain("a"), operations.drain("b")]);
  expect(both).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "last_host", details: { host: "b" } } }]);
  expect(drained).toEqual(["a"]);
  // What has begun may be asked for again.
  await operations.drain("d");
  expect(drained).toEqual(["a", "d"]);
});

test("[P12] a drain that was not begun holds up no other", async () => {
  const { operations } = operating([member("a"), member("b")], true);
  await expect(operations.drain("a")).rejects.toThrow("no answer");
  await expect(operations.drain("b")).rejects.toThrow("no answer");
});
