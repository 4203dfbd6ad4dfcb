import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameBytes } from "./bytes.ts";
import type { DualProof } from "./dual-proof.ts";
import { alhOf, innerHash } from "./header.ts";
import { createHistoryTree, createMemoryNodes } from "./history-tree.ts";
import { verifyLinearAdvance, verifyLinearProof, type ChainPoint } from "./linear-proof.ts";
import { leafHash } from "./merkle.ts";
import { rootOfInclusion } from "./merkle-proof.ts";
import { proveHistory } from "./prove.ts";
import { sha256 } from "./sha256.ts";
import { chainOf, type Chain } from "./testing/chains.ts";
import { change, changed, relisted } from "./testing/mutate.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";

const length = 21;
const modern = chainOf(length);
/** History trees that grow in leaps, and for a while not at all. */
const lagging = chainOf(length, { treeSize: (id) => (id < 4 ? 0 : id < 13 ? 2 : id === 13 ? 12 : Math.max(12, id - 4)) });
const old = chainOf(length, { version: (id) => (id < 10 ? 0 : 1) });
const chains: readonly (readonly [string, Chain])[] = [
  ["trees that hold everything before", modern],
  ["trees that lag behind", lagging],
  ["headers of version 0 at first", old],
];

const verifyIn = (chain: Chain, proof: DualProof, source: number, target: number) =>
  verifyDualProof(proof, chain.point(source), chain.point(target));

/** A tree that has grown, and not as far as to the source: no proof has what would tie it to the source's chain. */
const isUntied = ({ source, target }: DualProof): boolean => source.treeSize < target.treeSize && target.treeSize < source.id;

const ends = fc
  .tuple(fc.integer({ min: 1, max: length }), fc.integer({ min: 1, max: length }))
  .map(([a, b]) => (a <= b ? [a, b] : [b, a]) as [number, number]);

describe.each(chains)("[G10] dual proofs over %s", (_, chain) => {
  test("lead from every transaction to itself and every later one, and prove nothing else", () => {
    for (let target = 1; target <= length; target += 1)
      for (let source = 1; source <= target; source += 1) {
        const proof = proveHistory(chain, source, target);
        if (isUntied(proof)) {
          expect(verifyIn(chain, proof, source, target), `${source}–${target}`).toMatchObject({ ok: false, rule: "linear_advance" });
          continue;
        }
        expect(verifyIn(chain, proof, source, target), `${source}–${target}`).toEqual({ ok: true });
        const other: ChainPoint = { tx: source, hash: sha256(chain.point(source).hash) };
        expect(verifyDualProof(proof, other, chain.point(target))).toMatchObject({ ok: false, rule: "source_hash" });
        expect(verifyDualProof(proof, chain.point(source), { tx: target, hash: other.hash })).toMatchObject({ rule: "target_hash" });
        if (source < target) expect(verifyIn(chain, proof, source + 1, target)).toMatchObject({ ok: false, rule: "elsewhere" });
        expect(verifyIn(chain, proof, source, target - 1 || 2)).toMatchObject({ ok: false, rule: "elsewhere" });
      }
  });

  test("one changed byte or number anywhere is refused", () => {
    fc.assert(
      fc.property(ends, change, ([source, target], how) => {
        const { value, path } = changed(proveHistory(chain, source, target), how);
        expect(verifyIn(chain, value, source, target), path).toMatchObject({ ok: false });
      }),
      { numRuns: 1000 },
    );
  });

  test("one term left out or repeated anywhere is refused", () => {
    fc.assert(
      fc.property(ends, fc.nat(), fc.boolean(), ([source, target], pick, twice) => {
        const other = relisted(proveHistory(chain, source, target), pick, twice);
        if (other !== undefined) expect(verifyIn(chain, other.value, source, target), other.path).toMatchObject({ ok: false });
      }),
      { numRuns: 300 },
    );
  });
});

describe("[G10] forged dual proofs are refused, each by its rule", () => {
  /** Another history from transaction 5 on. */
  const other = chainOf(length, { version: (id) => (id === 5 ? 0 : 1) });
  const honest = proveHistory(modern, 7, 15);
  const points = [modern.point(7), modern.point(15)] as const;

  test("source and target the wrong way round", () => {
    const back = { ...honest, source: honest.target, target: honest.source };
    expect(verifyDualProof(back, points[1], points[0])).toMatchObject({ rule: "elsewhere" });
  });

  test("inclusion: a transaction of another history", () => {
    const forged = { ...honest, source: other.header(7) };
    expect(verifyDualProof(forged, other.point(7), points[1])).toMatchObject({ rule: "inclusion" });
    expect(verifyDualProof({ ...forged, inclusion: proveHistory(other, 7, 15).inclusion }, other.point(7), points[1])).toMatchObject({
      rule: "inclusion",
    });
  });

  test("consistency: a history tree that changed what was in it", () => {
    // The chain is honest; the tree of its newest header holds another transaction 3.
    const turned = createHistoryTree(createMemoryNodes());
    for (let tx = 1; tx <= 14; tx += 1) turned.append(tx === 3 ? sha256() : modern.point(tx).hash);
    const target = { ...modern.header(15), treeRoot: turned.rootAt(14) };
    const forged: DualProof = {
      ...honest,
      target,
      inclusion: turned.inclusion(7, 14),
      lastInclusion: turned.lastInclusion(14),
      linear: { sourceTx: 14, targetTx: 15, terms: [modern.point(14).hash, innerHash(target)] },
    };
    for (const consistency of [honest.consistency, turned.consistency(6, 14), []])
      expect(verifyDualProof({ ...forged, consistency }, points[0], { tx: 15, hash: alhOf(target) })).toMatchObject({
        rule: "consistency",
      });
  });

  test("last inclusion: the chain does not go on from the end of the tree", () => {
    const forged = { ...honest, targetTreeAlh: other.point(14).hash };
    expect(verifyDualProof(forged, ...points)).toMatchObject({ rule: "last_inclusion" });
    expect(verifyDualProof({ ...forged, lastInclusion: proveHistory(other, 7, 15).lastInclusion }, ...points)).toMatchObject({
      rule: "last_inclusion",
    });
  });

  test("linear: steps that lead elsewhere, too many, too few, or from elsewhere", () => {
    const linear = (terms: readonly Uint8Array[], from = 14) =>
      verifyDualProof({ ...honest, linear: { sourceTx: from, targetTx: 15, terms } }, ...points);
    const [start, step] = honest.linear.terms as [Uint8Array, Uint8Array];
    expect(linear([start, step])).toEqual({ ok: true });
    expect(linear([start, innerHash(other.header(5))])).toMatchObject({ rule: "linear" });
    expect(linear([start, step, step])).toMatchObject({ rule: "linear" });
    expect(linear([start])).toMatchObject({ rule: "linear" });
    expect(linear([])).toMatchObject({ rule: "linear" });
    expect(linear([step, step])).toMatchObject({ rule: "linear" });
    expect(linear([start, step.subarray(1)])).toMatchObject({ rule: "linear" });
    expect(linear([modern.point(13).hash, innerHash(modern.header(14)), step], 13)).toMatchObject({ rule: "linear" });
  });

  test("a part that nothing needs", () => {
    const itself = proveHistory(modern, 1, 1);
    const first = modern.point(1);
    expect(verifyDualProof(itself, first, first)).toEqual({ ok: true });
    for (const more of [
      { inclusion: [first.hash] },
      { consistency: [first.hash] },
      { lastInclusion: [first.hash] },
      { targetTreeAlh: first.hash },
    ])
      expect(verifyDualProof({ ...itself, ...more }, first, first)).toMatchObject({ rule: "malformed" });
    expect(verifyDualProof({ ...honest, linearAdvance: { terms: [], inclusions: [] } }, ...points)).toMatchObject({ rule: "malformed" });
    expect(verifyDualProof({ ...honest, source: { ...honest.source, metadata: new Uint8Array(70_000) } }, ...points)).toMatchObject({
      rule: "malformed",
    });
  });
});

describe("[G10] a server that lies in its history tree alone", () => {
  const forgedAlh = sha256(Buffer.from("another transaction"));
  /** Trees that grow by leaps, at most to the transaction before. */
  const sizesOf = (leaps: readonly number[]) => {
    let size = 0;
    const sizes = leaps.map((leap, index) => (size = Math.min(index, size + leap)));
    return (id: number): number => sizes[id - 1] ?? id - 1;
  };
  /** Whether a transaction is proven to be in the history of a point, at a place: by its tree where that reaches so far, else by its chain. */
  const proves = (chain: Chain, hash: Uint8Array, place: number, target: number): boolean => {
    const { treeSize: size, treeRoot } = chain.header(target);
    if (place < size) {
      const root = rootOfInclusion(leafHash(hash), place - 1, size, chain.tree.inclusion(place, size));
      return root !== undefined && sameBytes(root, treeRoot);
    }
    const point = { tx: place, hash };
    return attempts(proveHistory(chain, place, target)).some((proof) => verifyDualProof(proof, point, chain.point(target)).ok);
  };
  const attempts = (proof: DualProof): readonly DualProof[] => [proof, { ...proof, targetTreeAlh: forgedAlh }];
  test("its checkpoint at the transaction before is not extended by a tree that holds another one there", () => {
    for (const forged of [2, 5, 12]) {
      const liar = chainOf(length, { leaf: (id, alh) => (id === forged ? forgedAlh : alh) });
      expect(liar.point(forged)).toEqual(modern.point(forged));
      const proof = proveHistory(liar, forged, forged + 1);
      for (const targetTreeAlh of [proof.targetTreeAlh, forgedAlh])
        expect(verifyIn(liar, { ...proof, targetTreeAlh }, forged, forged + 1)).toMatchObject({ ok: false, rule: "last_inclusion" });
      for (let later = forged + 2; later <= length; later += 1)
        expect(verifyIn(liar, proveHistory(liar, forged, later), forged, later)).toMatchObject({ ok: false });
    }
  });

  test("whatever it does, points that it ties together, one after another, do not prove different things", () => {
    const cases = fc.record({
      leaps: fc.array(fc.constantFrom(0, 1, 2, 20), { minLength: 12, maxLength: 12 }),
      forged: fc.integer({ min: 1, max: 6 }),
      steps: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })),
    });
    fc.assert(
      fc.property(cases, ({ leaps, forged, steps }) => {
        const liar = chainOf(12, { treeSize: sizesOf(leaps), leaf: (id, alh) => (id === forged ? forgedAlh : alh) });
        const first = forged + steps[0];
        const [second, last] = [Math.min(first + steps[1], 12), Math.min(first + steps[1] + steps[2], 12)];
        const tied = (one: number, other: number): boolean =>
          attempts(proveHistory(liar, one, other)).some((proof) => verifyIn(liar, proof, one, other).ok);
        if (!tied(first, second) || !tied(second, last)) return;
        const real = liar.point(forged).hash;
        expect(
          proves(liar, real, forged, first) && proves(liar, forgedAlh, forged, last),
          `${forged} of ${first}, ${second}, ${last}`,
        ).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("[G10] a linear proof", () => {
  test("has exactly one term for each transaction", () => {
    const terms = [lagging.point(4).hash, innerHash(lagging.header(5)), innerHash(lagging.header(6))];
    const proof = { sourceTx: 4, targetTx: 6, terms };
    expect(verifyLinearProof(proof, lagging.point(4), lagging.point(6))).toEqual({ ok: true });
    // A point that the steps do lead to, under a number that it does not have.
    expect(verifyLinearProof({ ...proof, targetTx: 7 }, lagging.point(4), { ...lagging.point(6), tx: 7 })).toMatchObject({
      rule: "linear",
    });
    expect(verifyLinearProof({ ...proof, sourceTx: 3 }, lagging.point(4), lagging.point(6))).toMatchObject({ rule: "linear" });
    const zero = { sourceTx: 0, targetTx: 0, terms: [lagging.point(4).hash] };
    expect(verifyLinearProof(zero, { tx: 0, hash: lagging.point(4).hash }, { tx: 0, hash: lagging.point(4).hash })).toMatchObject({
      rule: "linear",
    });
  });
});

describe("[G10] the linear fake", () => {
  // Transactions 2 and 3 of the honest chain were linked, not yet in a tree. The forger's tree then holds another transaction 2, for which
  // inclusion could be shown, although transaction 3, which was trusted, does not follow it.
  const treeSize = (id: number): number => (id <= 3 ? Math.min(1, id - 1) : id - 1);
  const honest = chainOf(5, { treeSize });
  const fake = { ...honest.header(2), time: 666 };
  const fakeAlh = alhOf(fake);
  const forger = chainOf(5, { treeSize, leaf: (id, alh) => (id === 2 ? fakeAlh : alh) });

  test("the forger's chain is as good as any, up to the part that ties the old chain to the new tree", () => {
    expect(forger.point(3)).toEqual(honest.point(3));
    expect(verifyIn(honest, proveHistory(honest, 3, 5), 3, 5)).toEqual({ ok: true });
    const { linearAdvance: _, ...forged } = proveHistory(forger, 3, 5);
    expect(verifyIn(forger, forged, 3, 5)).toMatchObject({ ok: false, rule: "linear_advance" });
  });

  test("no such part can be made", () => {
    const forged = proveHistory(forger, 3, 5);
    const inclusion = forger.tree.inclusion(2, 4);
    const attempts = [
      forged.linearAdvance,
      // The fake is in the tree, and transaction 3 does not follow it.
      { terms: [fakeAlh, innerHash(forger.header(3))], inclusions: [inclusion] },
      { terms: [fakeAlh, forger.point(3).hash], inclusions: [inclusion] },
      { terms: [fakeAlh], inclusions: [] },
      { terms: [forger.point(3).hash], inclusions: [] },
      { terms: [], inclusions: [] },
      { terms: [forger.point(2).hash, innerHash(forger.header(3))], inclusions: [] },
      { terms: [forger.point(2).hash, innerHash(forger.header(3))], inclusions: [forger.tree.inclusion(2, 2)] },
      { terms: [fakeAlh, innerHash(forger.header(3)).subarray(1)], inclusions: [inclusion] },
    ];
    for (const linearAdvance of attempts) {
      const proof = { ...forged, ...(linearAdvance && { linearAdvance }) };
      expect(verifyIn(forger, proof, 3, 5)).toMatchObject({ ok: false, rule: "linear_advance" });
    }
  });

  test("needs proof exactly where transactions lie in between", () => {
    const tree = { size: 4, root: honest.header(5).treeRoot };
    for (const start of [2, 3]) expect(verifyLinearAdvance(undefined, start, honest.point(3), tree)).toEqual({ ok: true });
    for (const start of [0, 1])
      expect(verifyLinearAdvance(undefined, start, honest.point(3), tree)).toMatchObject({ rule: "linear_advance" });
  });
});
