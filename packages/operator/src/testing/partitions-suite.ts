import { describe, expect, test } from "vitest";
import { OperatorError } from "../errors.ts";
import type { PartitionOperations, PlacementStatus } from "../partitions/partitions.ts";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";

const status: PlacementStatus = {
  members: [
    { host: "host-1", state: "serving", alive: true, weight: 2, partitions: 1, version: "0.1.0", incarnation: "i1" },
    { host: "host-2", state: "draining", alive: false, weight: 1, partitions: 0, version: "0.1.0", incarnation: "i2" },
  ],
  partitions: [
    { partition: 0, state: "active", owner: "host-1", desired: "host-1", pin: "host-1", epoch: 7 },
    { partition: 1, state: "unowned", owner: null, desired: null, pin: null, epoch: 0 },
  ],
};

/** Notes what is asked of it. */
function noting(asked: unknown[]): PartitionOperations {
  return {
    list: async () => status,
    async move(partition, host) {
      if (partition > 1) throw new OperatorError("unknown_place", "there is no such partition", { partition });
      asked.push(["move", partition, host]);
    },
    free: async (partition) => void asked.push(["free", partition]),
    async drain(host) {
      if (host !== "host-1") throw new OperatorError("host_silent", "it does not answer", { host });
      asked.push(["drain", host]);
    },
  };
}

/** What holds of the partitions of a world, whichever way they are reached; what they do is the cluster's. */
export function partitionsSuite(name: string, reach: Reach): void {
  describe(`${name}: a world on many hosts`, () => {
    const asked: unknown[] = [];
    const small = smallWorldOfEachTest(reach, () => ({ partitions: noting(asked) }));

    test("tells who is there and who has what, and passes wishes on", async () => {
      const { partitions } = small.operations;
      expect(await partitions.list()).toEqual(status);
      await partitions.move(1, "host-2");
      await partitions.free(0);
      await partitions.drain("host-1");
      expect(asked).toEqual([
        ["move", 1, "host-2"],
        ["free", 0],
        ["drain", "host-1"],
      ]);
      await expect(partitions.move(2, "host-1")).rejects.toMatchObject({ code: "unknown_place", details: { partition: 2 } });
      await expect(partitions.drain("host-2")).rejects.toMatchObject({ code: "host_silent" });
      await small.operations.close();
      await expect(partitions.list()).rejects.toMatchObject({ code: "closed" });
    });
  });

  describe(`${name}: a world in a single process`, () => {
    const small = smallWorldOfEachTest(reach);

    test("has no partitions, and says so", async () => {
      const { partitions } = small.operations;
      for (const asking of [partitions.list(), partitions.move(0, "a"), partitions.free(0), partitions.drain("a")])
        await expect(asking).rejects.toMatchObject({ code: "not_in_a_cluster" });
    });
  });
}
