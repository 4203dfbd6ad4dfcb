import { describe, expect, test } from "vitest";
import type { Commit, FencedEventStore } from "../event-store.ts";
import type { Fence } from "../fences.ts";
import { readLog } from "../read-all.ts";
import { accepted, all, appendOne, codeOf, commitOf, freshId, freshRef, versionOf, write } from "./samples.ts";

/** A store that several hosts may write. */
export type FencedStoreSubject = {
  readonly name: string;
  /** A new store, with nothing in it. */
  readonly open: () => Promise<FencedEventStore>;
  /** The same log once more, as another process has it; the store itself where it is in one process only. */
  readonly another: (store: FencedEventStore) => Promise<FencedEventStore>;
  /** Closes a store and opens it again on what it has kept. Left out by an adapter that keeps nothing. */
  readonly reopen?: (store: FencedEventStore) => Promise<FencedEventStore>;
};

/** What every store with fences must do, as a vitest suite. */
export function fencesContract({ name, open, another, reopen }: FencedStoreSubject): void {
  describe(`the contract of fences: ${name}`, () => {
    const using = async (use: (store: FencedEventStore, other: FencedEventStore) => Promise<void>): Promise<void> => {
      const store = await open();
      const other = await another(store);
      try {
        await use(store, other);
      } finally {
        await other.close();
        await store.close();
      }
    };
    const raised = async (store: FencedEventStore, partition: string): Promise<Fence> =>
      store.fences.raise(await store.fences.read(partition));

    test("[G6] a fence begins at epoch 0 and has the next one whenever it is raised, each partition its own", () =>
      using(async (store, other) => {
        expect(await store.fences.read("1/0")).toEqual({ partition: "1/0", epoch: 0, token: 0 });
        const first = await raised(store, "1/0");
        expect(first).toMatchObject({ partition: "1/0", epoch: 1 });
        const second = await raised(other, "1/0");
        expect(second).toMatchObject({ partition: "1/0", epoch: 2 });
        expect(second.token).toBeGreaterThan(first.token);
        expect(await store.fences.read("1/0")).toEqual(second);
        for (const partition of ["1/00", "1/1", "2/0", "10/0"]) expect(await store.fences.read(partition)).toMatchObject({ epoch: 0 });
      }));

    test("[G6] who has not seen the newest fence cannot raise it: of many that saw the same, one does", () =>
      using(async (store, other) => {
        const seen = await store.fences.read("1/7");
        for (const from of [seen, await raised(store, "1/7")]) {
          const now = await store.fences.read("1/7");
          const stores = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other));
          const attempts = await Promise.allSettled(stores.map(({ fences }) => fences.raise(from)));
          const won = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
          const lost = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason as unknown] : []));
          const newest = await store.fences.read("1/7");
          expect(won).toEqual(from.token === now.token ? [newest] : []);
          expect(lost).toHaveLength(8 - won.length);
          for (const error of lost) expect(error).toMatchObject({ code: "fenced", lost: from, newest });
        }
      }));

    test("[G6] a commit of the newest fence is made, one of an earlier fence is refused and nothing of it is written", () =>
      using(async (store, other) => {
        const [stream, second] = [freshRef(), freshRef()];
        const id = freshId();
        const never = await store.fences.read("1/3");
        await accepted(store, { ...commitOf(stream, 0), fence: never });
        const mine = await raised(store, "1/3");
        await accepted(store, { ...commitOf(stream, 1), fence: mine });
        const theirs = await raised(other, "1/3");
        const head = await store.head();
        for (const fence of [never, mine]) {
          const command = { id, outcome: "never" };
          const late = await appendOne(store, { writes: [write(stream, 2), write(second, 0)], command, fence });
          expect(late).toMatchObject({
            ok: false,
            error: { code: "fenced", lost: fence, newest: theirs, details: { partition: "1/3", epoch: fence.epoch, newest: 2 } },
          });
        }
        expect(await store.head()).toBe(head);
        expect(await store.outcomes([id])).toEqual([undefined]);
        expect(await versionOf(store, second)).toBe(0);
        // The new owner takes the very same command.
        await accepted(other, { writes: [write(stream, 2), write(second, 0)], command: { id, outcome: "now" }, fence: theirs });
      }));

    test("[G6] of an append over several partitions only what belongs to the lost one is refused, and what builds on that", () =>
      using(async (store, other) => {
        const [kept, lost, open, both] = [freshRef(), freshRef(), freshRef(), freshRef()];
        const [mine, gone] = [await raised(store, "1/1"), await raised(store, "1/2")];
        const anew = await raised(other, "1/2");
        const first = freshId();
        const commits: readonly Commit[] = [
          { ...commitOf(kept, 0), fence: mine },
          { ...commitOf(lost, 0, 2), command: { id: first, outcome: null }, fence: gone },
          { writes: [{ ...write(lost, 2), after: first }], fence: mine },
          commitOf(open, 0),
          { writes: [write(both, 0), write(kept, 1)], fence: gone },
          { writes: [write(kept, 1)], fence: mine },
          { ...commitOf(lost, 0), fence: anew },
        ];
        const results = await store.append(commits);
        expect(results.map(codeOf)).toEqual(["ok", "fenced", "wrong_expected_version", "ok", "fenced", "ok", "ok"]);
        expect(await Promise.all([kept, lost, open, both].map((stream) => versionOf(store, stream)))).toEqual([2, 1, 1, 0]);
      }));

    test("[G6] once the fence is raised nothing of the earlier owner is made, though it had appends under way", () =>
      using(async (store, other) => {
        const streams = Array.from({ length: 4 }, () => freshRef());
        const mine = await raised(store, "1/5");
        const seen = await other.fences.read("1/5");
        // As many as the store lets be under way at once, and more that wait.
        const appends = Array.from({ length: 40 }, (_, at) => ({ ...commitOf(streams[at % 4] ?? freshRef(), "any"), fence: mine }));
        const early = appends.slice(0, 20).map((commit) => appendOne(store, commit));
        const raising = other.fences.raise(seen);
        const late = appends.slice(20).map((commit) => appendOne(store, commit));
        await raising;
        const then = await all(readLog(other));
        const results = await Promise.all([...early, ...late]);
        expect(results.filter(({ ok }) => ok)).toHaveLength(then.length);
        expect(new Set(results.map(codeOf))).toEqual(new Set(then.length === 0 ? ["fenced"] : ["ok", "fenced"]));
        expect(await all(readLog(other))).toHaveLength(then.length);
      }));

    test("[G6] a retired fence refuses its last owner's commits and is never raised again, by whoever saw it when", () =>
      using(async (store, other) => {
        const never = await store.fences.read("1/8");
        const mine = await raised(store, "1/8");
        const last = await other.fences.retire("1/8");
        expect(last).toMatchObject({ partition: "1/8", epoch: mine.epoch + 1, retired: true });
        expect(await other.fences.retire("1/8")).toEqual(last);
        expect(await store.fences.read("1/8")).toEqual(last);
        for (const seen of [never, mine]) await expect(store.fences.raise(seen)).rejects.toMatchObject({ code: "fenced", newest: last });
        await expect(raised(store, "1/8")).rejects.toMatchObject({ code: "fence_retired" });
        for (const fence of [never, mine]) expect(codeOf(await appendOne(store, { ...commitOf(freshRef(), 0), fence }))).toBe("fenced");
        expect(await store.fences.read("1/8")).toEqual(last);
        // One that was never raised, and another map's of the same number.
        expect(await store.fences.retire("1/9")).toMatchObject({ epoch: 1, retired: true });
        await accepted(store, { ...commitOf(freshRef(), 0), fence: await raised(store, "2/8") });
      }));

    test("[G6] while owners raise a fence one after another, it is retired all the same", () =>
      using(async (store, other) => {
        const raise = async (): Promise<unknown> => {
          for (;;) {
            const error: unknown = await raised(store, "1/10").then(
              () => undefined,
              (reason: unknown) => reason,
            );
            if (error !== undefined) return error;
          }
        };
        const raising = raise();
        const last = await other.fences.retire("1/10");
        expect(await raising).toMatchObject({ code: expect.stringMatching(/^fence(d|_retired)$/) as string });
        expect(await store.fences.read("1/10")).toEqual(last);
      }));

    test("[G3] a command that took effect is told as it was recorded, also to who has lost the partition", () =>
      using(async (store, other) => {
        const mine = await raised(store, "1/6");
        const commit = { ...commitOf(freshRef(), 0), command: { id: freshId(), outcome: { done: true } }, fence: mine };
        await accepted(store, commit);
        await raised(other, "1/6");
        expect(await appendOne(store, commit)).toMatchObject({
          ok: false,
          error: { code: "command_already_recorded", outcome: { done: true } },
        });
      }));

    test("[G8] fences are no events: positions, pages and counts of the log pass over them", () =>
      using(async (store) => {
        const stream = freshRef();
        const first = await accepted(store, commitOf(stream, 0));
        for (let times = 0; times < 12; times += 1) await raised(store, `1/${times % 3}`);
        expect(await store.head()).toBe(first.position);
        const second = await accepted(store, commitOf(stream, 1));
        for (let times = 0; times < 40; times += 1) await raised(store, "2/0");
        expect(await store.head()).toBe(second.position);
        expect((await all(readLog(store, 0, { limit: 1 }))).map(({ position }) => position)).toEqual([first.position, second.position]);
        expect(await store.readAll(second.position)).toEqual([]);
        expect(await store.statistics()).toMatchObject({ event_count: 2, aggregate_count: 1 });
        expect(await store.listStreams()).toEqual([stream]);
      }));

    test.each(["", "3", "1/", "/1", "1/x", "1/2/3", "-1/2", "world/1", "1/2\n"])(
      "[G11] %j names no partition: refused, and nothing is done",
      async (partition) =>
        using(async (store) => {
          const fence = { partition, epoch: 0, token: 0 };
          const refused = { code: "invalid_request" };
          await expect(store.fences.read(partition)).rejects.toMatchObject(refused);
          await expect(store.fences.raise(fence)).rejects.toMatchObject(refused);
          await expect(store.append([{ ...commitOf(freshRef(), 0), fence }])).rejects.toMatchObject(refused);
          expect(await store.head()).toBe(0);
        }),
    );

    test("[G11] a fence with an epoch or a token that no fence has is refused, and nothing is done", () =>
      using(async (store) => {
        for (const wrong of [{ epoch: -1 }, { token: 0.5 }, { token: Number.NaN }]) {
          const fence = { partition: "1/1", epoch: 0, token: 0, ...wrong };
          await expect(store.fences.raise(fence)).rejects.toMatchObject({ code: "invalid_request" });
          await expect(store.append([{ ...commitOf(freshRef(), 0), fence }])).rejects.toMatchObject({ code: "invalid_request" });
        }
      }));

    test("a closed store tells and raises nothing", async () => {
      const store = await open();
      await store.close();
      await expect(store.fences.read("1/1")).rejects.toMatchObject({ code: "closed" });
      await expect(store.fences.raise({ partition: "1/1", epoch: 0, token: 0 })).rejects.toMatchObject({ code: "closed" });
    });

    if (reopen)
      test("[G6] a fence is there when the store is opened again, and holds", async () => {
        const before = await open();
        const old = await raised(before, "1/1");
        const newest = await raised(before, "1/1");
        const after = await reopen(before);
        try {
          expect(await after.fences.read("1/1")).toEqual(newest);
          expect(codeOf(await appendOne(after, { ...commitOf(freshRef(), 0), fence: old }))).toBe("fenced");
          expect(codeOf(await appendOne(after, { ...commitOf(freshRef(), 0), fence: newest }))).toBe("ok");
        } finally {
          await after.close();
        }
      });
  });
}
