import { ref } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSubjectError } from "./errors.ts";
import { isPartitionCount, mostPartitions, partitionOf } from "./partition.ts";
import { parseSubject, partitionedSubjectOf, partitionFilter, partitionMapping, subjectOf } from "./subjects.ts";
import { refs } from "./test-arbitraries.ts";

const counts = fc.integer({ min: 1, max: mostPartitions });

// As a nats-server 2.15.2 put them into subjects.
test.each([
  [ref("word.game", "en.1"), 32, 1],
  [ref("room", "hall"), 32, 21],
])("%j of %i partitions is in %i", (target, partitions, partition) => {
  expect(partitionOf(target, partitions)).toBe(partition);
});

test("every aggregate has one partition of those that there are, and each gets about its share", () => {
  fc.assert(
    fc.property(refs, counts, (target, partitions) => {
      const partition = partitionOf(target, partitions);
      expect(partition).toBe(partitionOf({ ...target }, partitions));
      expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
    }),
  );
  const sizes = Array.from({ length: 32 }, () => 0);
  for (let index = 0; index < 32_000; index += 1) {
    const partition = partitionOf(ref("player", `p${index}`), 32);
    sizes[partition] = (sizes[partition] ?? 0) + 1;
  }
  expect(Math.min(...sizes)).toBeGreaterThan(800);
  expect(Math.max(...sizes)).toBeLessThan(1_200);
});

test("what has no subject has no partition, and no world has none, too many or a part of one", () => {
  for (const target of [ref("*", "a"), ref("room", "a b"), ref("room", "")]) {
    expect(() => partitionOf(target, 32)).toThrow(InvalidSubjectError);
  }
  for (const partitions of [0, -1, 1.5, mostPartitions + 1, Number.NaN]) {
    expect(isPartitionCount(partitions)).toBe(false);
    expect(() => partitionOf(ref("room", "hall"), partitions)).toThrow(RangeError);
  }
});

test("a partition stands between the world and the type, on the lanes alone", () => {
  expect(partitionedSubjectOf("request", "midgaard", 7, ref("word.game", "en.1"))).toBe("req.midgaard.7.word%2Egame.en%2E1");
  expect(partitionFilter("queue", "midgaard", 7)).toBe("cmd.midgaard.7.*.*");
  expect(partitionFilter("request", "midgaard")).toBe("req.midgaard.*.*.*");
  expect(partitionMapping("queue", "midgaard", 32)).toStrictEqual({
    src: "cmd.midgaard.*.*",
    dest: "cmd.midgaard.{{partition(32,1,2)}}.{{wildcard(1)}}.{{wildcard(2)}}",
  });
  fc.assert(
    fc.property(fc.constantFrom("queue", "request"), fc.nat(mostPartitions - 1), refs, (kind, partition, target) => {
      const subject = partitionedSubjectOf(kind, "midgaard", partition, target);
      expect(parseSubject(subject)).toStrictEqual({ kind, world: "midgaard", target, partition });
      expect(parseSubject(subjectOf(kind, "midgaard", target))).not.toHaveProperty("partition");
    }),
  );
});

test.each([
  "evt.w.1.room.hall",
  "dlq.w.1.room.hall",
  "cmd.w.01.room.hall",
  "cmd.w.-1.room.hall",
  "cmd.w.1e1.room.hall",
  "cmd.w..room.hall",
])("%s parses to nothing", (subject) => {
  expect(parseSubject(subject)).toBeUndefined();
});

test("a partition that no world has parses to nothing", () => {
  expect(parseSubject(`cmd.w.${mostPartitions}.room.hall`)).toBeUndefined();
  expect(parseSubject(`cmd.w.${mostPartitions - 1}.room.hall`)).toMatchObject({ partition: mostPartitions - 1 });
});
