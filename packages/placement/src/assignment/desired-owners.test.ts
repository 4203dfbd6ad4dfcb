import fc from "fast-check";
import { expect, test } from "vitest";
import { desiredOwners, type Candidate } from "./desired-owners.ts";

const host = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const candidates = fc.uniqueArray(fc.record({ host, weight: fc.constantFrom(0.5, 1, 1, 1, 2) }), {
  selector: (the) => the.host,
  minLength: 1,
  maxLength: 8,
});
const count = fc.integer({ min: 1, max: 128 });
const shareOf = (owners: readonly (string | undefined)[], name: string): number => owners.filter((owner) => owner === name).length;

test("[P3] every host computes the same, in whatever order it knows the members", () => {
  fc.assert(
    fc.property(candidates, count, (members, partitions) => {
      expect(desiredOwners(members.toReversed(), partitions)).toEqual(desiredOwners(members, partitions));
    }),
  );
});

test("[P3] one that joins only takes, one that leaves only gives: nothing moves between the others", () => {
  fc.assert(
    fc.property(candidates, host, count, (members, joining, partitions) => {
      const before = members.filter(({ host }) => host !== joining);
      const [without, present] = [desiredOwners(before, partitions), desiredOwners([...before, { host: joining, weight: 1 }], partitions)];
      for (const [partition, owner] of present.entries()) if (owner !== joining) expect(owner).toBe(without[partition]);
    }),
  );
});

test("[P3] each gets about its share by weight", () => {
  fc.assert(
    fc.property(candidates, (members) => {
      const partitions = 512;
      const total = members.reduce((sum, { weight }) => sum + weight, 0);
      const owners = desiredOwners(members, partitions);
      for (const { host, weight } of members) {
        const share = weight / total;
        // Six times what chance alone makes of it.
        const most = 6 * Math.sqrt(partitions * share * (1 - share));
        expect(Math.abs(shareOf(owners, host) - partitions * share)).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 300 },
  );
});

test("[P3] a wish comes first where its host is a candidate, and moves nothing else", () => {
  const members: readonly Candidate[] = ["a", "b", "c"].map((name) => ({ host: name, weight: 1 }));
  const plain = desiredOwners(members, 16);
  const pinned = desiredOwners(
    members,
    16,
    new Map([
      [3, "b"],
      [4, "gone"],
    ]),
  );
  expect(pinned[3]).toBe("b");
  for (const [partition, owner] of pinned.entries()) if (partition !== 3) expect(owner).toBe(plain[partition]);
});

test("[P3] without candidates, or with those of no weight, nobody is desired", () => {
  expect(desiredOwners([], 2)).toEqual([undefined, undefined]);
  const idle = [{ host: "idle", weight: 0 }];
  expect(desiredOwners(idle, 2)).toEqual([undefined, undefined]);
  expect(desiredOwners(idle, 2, new Map([[1, "idle"]]))).toEqual([undefined, "idle"]);
});

test("[P3] what is desired stays: hosts of different versions must agree", () => {
  const members = ["ash", "birch", "cedar"].map((name) => ({ host: name, weight: 1 }));
  expect(desiredOwners(members, 12).join(" ")).toMatchInlineSnapshot(`"birch birch birch cedar cedar cedar cedar ash cedar birch ash ash"`);
});
