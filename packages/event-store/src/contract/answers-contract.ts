import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "@aethyr/kernel";
import type { Answer } from "../answers.ts";
import type { Commit, FencedEventStore } from "../event-store.ts";
import type { Fence } from "../fences.ts";
import { limits } from "../limits.ts";
import { readLog } from "../read-all.ts";
import type { FencedStoreSubject } from "./fences-contract.ts";
import { accepted, all, appendOne, codeOf, commitOf, freshId, freshRef, versionOf } from "./samples.ts";

const answerOf = (id: string, outcome: Json = "nothing to do", fence?: Fence): Answer => ({ command: { id, outcome }, fence });
const commitBy = (id: string, outcome: Json = "done"): Commit => ({ ...commitOf(freshRef(), 0), command: { id, outcome } });

/** What every store must do that records answers, as a vitest suite. */
export function answersContract({ name, open, another, reopen }: FencedStoreSubject): void {
  describe(`the contract of answers: ${name}`, () => {
    // Two doors to one log for the tests that keep apart by fresh names: to open one may be costly.
    let shared: readonly [store: FencedEventStore, other: FencedEventStore] | undefined;
    const doors = async (): Promise<readonly [store: FencedEventStore, other: FencedEventStore]> => {
      const store = await open();
      return [store, await another(store)];
    };
    beforeAll(async () => {
      shared = await doors();
    });
    afterAll(async () => {
      for (const store of shared ?? []) await store.close();
    });
    const using = async (use: (store: FencedEventStore, other: FencedEventStore) => Promise<void>): Promise<void> => {
      if (shared === undefined) throw new Error("the stores are opened before the tests");
      await use(...shared);
    };
    const raised = async (store: FencedEventStore, partition: string): Promise<Fence> =>
      store.fences.raise(await store.fences.read(partition));

    test("[G3] once an answer is recorded every commit of its command is refused with it, at position 0, and changes nothing", () =>
      using(async (store, other) => {
        const id = freshId();
        const outcome = { code: "nothing_to_do", text: "déjà vu", at: [1, null] };
        expect(await store.outcomes([id])).toEqual([undefined]);
        expect(await store.answers.record([answerOf(id, outcome)])).toEqual([{ ok: true, recorded: { outcome, position: 0 } }]);
        const stream = freshRef();
        for (const late of [store, other, store]) {
          expect(await appendOne(late, { ...commitOf(stream, "any"), command: { id, outcome: "done" } })).toMatchObject({
            ok: false,
            error: { code: "command_already_recorded", outcome, position: 0, provisional: false },
          });
          expect(await late.outcomes([id])).toEqual([{ outcome, position: 0 }]);
        }
        expect(await versionOf(store, stream)).toBe(0);
        await accepted(store, commitBy(freshId()));
        expect(await store.outcomes([id])).toEqual([{ outcome, position: 0 }]);
      }));

    test("[G3] an answer after its command took effect gives the outcome and the position of that", () =>
      using(async (store, other) => {
        const id = freshId();
        await accepted(store, commitOf(freshRef(), 0));
        const { position } = await accepted(store, commitBy(id, { did: 1 }));
        for (const late of [store, other]) {
          const recorded = { outcome: { did: 1 }, position };
          expect(await late.answers.record([answerOf(id)])).toEqual([{ ok: true, recorded }]);
          expect(await late.outcomes([id])).toEqual([recorded]);
        }
      }));

    test("[G3] an answer that is recorded already is given as it is, whoever asks again and whatever they would answer now", () =>
      using(async (store, other) => {
        const id = freshId();
        const first = { ok: true, recorded: { outcome: "first", position: 0 } };
        expect(await store.answers.record([answerOf(id, "first")])).toEqual([first]);
        for (const again of [store, other])
          for (const outcome of ["first", "second"]) expect(await again.answers.record([answerOf(id, outcome)])).toEqual([first]);
      }));

    test("[G3] of several answers in one call each is recorded, but what is there already, also by the same call", () =>
      using(async (store, other) => {
        const [fresh, answered, done, twice] = [freshId(), freshId(), freshId(), freshId()];
        await other.answers.record([answerOf(answered, "before")]);
        const { position } = await accepted(other, commitBy(done));
        const results = await store.answers.record([
          answerOf(twice, "one"),
          answerOf(answered, "late"),
          answerOf(fresh, null),
          answerOf(done, "late"),
          answerOf(twice, "two"),
        ]);
        const expected = [
          { outcome: "one", position: 0 },
          { outcome: "before", position: 0 },
          { outcome: null, position: 0 },
          { outcome: "done", position },
          { outcome: "one", position: 0 },
        ];
        expect(results).toEqual(expected.map((recorded) => ({ ok: true, recorded })));
        expect(await other.outcomes([twice, answered, fresh, done, twice])).toEqual(expected);
        expect(await store.answers.record([])).toEqual([]);
      }));

    test("[G3] of many that record and append the same commands at once, one wins each, and all are told the same", () =>
      using(async (store, other) => {
        const ids = Array.from({ length: 10 }, freshId);
        const before = await store.head();
        const racers = Array.from({ length: 20 }, (_, racer) => {
          const place = racer % 2 === 0 ? store : other;
          const rotated = [...ids.slice(racer % ids.length), ...ids.slice(0, racer % ids.length)];
          if (racer % 4 < 2) {
            const recording = place.answers.record(rotated.map((id) => answerOf(id, racer)));
            return recording.then((results) => results.map((result) => (result.ok ? result.recorded : result.error)));
          }
          const appending = place.append(rotated.map((id) => commitBy(id, racer)));
          return appending.then((results) =>
            results.map((result) => {
              if (result.ok) return { outcome: racer, position: result.position };
              return result.error.code === "command_already_recorded" && "outcome" in result.error
                ? { outcome: result.error.outcome, position: result.error.position }
                : result.error;
            }),
          );
        });
        const told = await Promise.all(racers);
        const recorded = await store.outcomes(ids);
        told.forEach((these, racer) => these.forEach((one, at) => expect(one).toEqual(recorded[(racer + at) % ids.length])));
        for (const one of recorded) expect(Number(one?.outcome) % 4 < 2).toBe(one?.position === 0);
        const events = (await all(readLog(other, before))).map(({ position }) => position);
        expect(events).toEqual(recorded.flatMap((one) => (one && one.position > 0 ? [one.position] : [])).toSorted((a, b) => a - b));
      }));

    test("[G6] a lost fence refuses its answers and nothing is recorded of them; those of other fences are, in the same call", () =>
      using(async (store, other) => {
        const [lost, kept, open, told] = [freshId(), freshId(), freshId(), freshId()];
        const [gone, mine] = [await raised(store, "1/1"), await raised(store, "1/2")];
        await store.answers.record([answerOf(told, "before", gone)]);
        const anew = await raised(other, "1/1");
        const results = await store.answers.record([
          answerOf(lost, "never", gone),
          answerOf(kept, "kept", mine),
          answerOf(open, "open"),
          answerOf(told, "late", gone),
        ]);
        expect(results).toMatchObject([
          { ok: false, error: { code: "fenced", lost: gone, newest: anew } },
          { ok: true, recorded: { outcome: "kept", position: 0 } },
          { ok: true, recorded: { outcome: "open", position: 0 } },
          // What was recorded is told also to who has lost the partition.
          { ok: true, recorded: { outcome: "before", position: 0 } },
        ]);
        expect(await other.outcomes([lost])).toEqual([undefined]);
        // The new owner decides on the command itself.
        await accepted(other, { ...commitBy(lost), fence: anew });
      }));

    test("[G6] once the fence is raised no answer of the earlier owner is recorded, though it had some under way", () =>
      using(async (store, other) => {
        const mine = await raised(store, "1/5");
        const seen = await other.fences.read("1/5");
        const ids = Array.from({ length: 40 }, freshId);
        const record = (id: string) => store.answers.record([answerOf(id, id, mine)]);
        const early = ids.slice(0, 20).map(record);
        const raising = other.fences.raise(seen);
        const late = ids.slice(20).map(record);
        await raising;
        const then = await other.outcomes(ids);
        const results = (await Promise.all([...early, ...late])).flat();
        expect(results.map(({ ok }) => ok)).toEqual(then.map((recorded) => recorded !== undefined));
        expect(await other.outcomes(ids)).toEqual(then);
      }));

    test("[G8] answers are no events: positions, pages and counts of the log pass over them", async () => {
      const [store, other] = await doors();
      try {
        const answered = (count: number) => store.answers.record(Array.from({ length: count }, () => answerOf(freshId())));
        await answered(3);
        expect([await store.head(), await store.readAll(0)]).toEqual([0, []]);
        const stream = freshRef();
        const first = await accepted(store, commitOf(stream, 0));
        for (let times = 0; times < 12; times += 1) await answered(2);
        expect(await store.head()).toBe(first.position);
        expect(await store.readAll(first.position)).toEqual([]);
        // Beside events in the same transaction, where the store makes one of both.
        const ids = Array.from({ length: 6 }, freshId);
        const both = ids.map((id, index) =>
          index % 2 === 0
            ? store.answers.record([answerOf(id)])
            : accepted(store, { ...commitOf(stream, index > 1 ? "any" : 1), command: { id, outcome: index } }),
        );
        await Promise.all(both);
        for (let times = 0; times < 20; times += 1) await answered(1);
        const log = await all(readLog(store));
        const positions = log.map(({ position }) => position);
        expect(log.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
        expect(positions).toEqual([...positions].toSorted((a, b) => a - b));
        const last = positions.at(-1) ?? 0;
        for (const place of [store, other]) {
          expect((await all(readLog(place, 0, { limit: 1 }))).map(({ position }) => position)).toEqual(positions);
          expect(await place.head()).toBe(last);
          expect(await place.readAll(last)).toEqual([]);
          expect(await place.statistics()).toMatchObject({ event_count: 4, aggregate_count: 1 });
          expect(await place.listStreams()).toEqual([stream]);
        }
        const outcomes = await other.outcomes(ids);
        expect(outcomes.map((recorded) => recorded?.position)).toEqual([0, positions[1], 0, positions[2], 0, positions[3]]);
        const next = await accepted(store, commitOf(stream, 4));
        for (const place of [store, other]) {
          expect(await place.head()).toBe(next.position);
          expect(await place.readAll(last)).toMatchObject([{ position: next.position, version: 5 }]);
        }
      } finally {
        await other.close();
        await store.close();
      }
    });

    test("[G11] answers that make no sense or are too many are refused as a whole, and nothing is recorded", () =>
      using(async (store) => {
        const id = freshId();
        const fence = { partition: "world", epoch: 0, token: 0 };
        const wrong: readonly (readonly [Answer, string])[] = [
          [answerOf(""), "invalid_request"],
          [answerOf("x".repeat(limits.commandIdLength + 1)), "invalid_request"],
          [answerOf(freshId(), { not: Number.NaN }), "invalid_request"],
          [answerOf(freshId(), null, fence), "invalid_request"],
          [answerOf(freshId(), "x".repeat(limits.eventBytes)), "limit_exceeded"],
        ];
        for (const [answer, code] of wrong) await expect(store.answers.record([answerOf(id), answer])).rejects.toMatchObject({ code });
        const many = Array.from({ length: limits.eventsPerAppend + 1 }, () => answerOf(id));
        await expect(store.answers.record(many)).rejects.toMatchObject({ code: "limit_exceeded" });
        expect(await store.outcomes([id])).toEqual([undefined]);
        const most = Array.from({ length: limits.eventsPerAppend }, () => answerOf(freshId()));
        const results = await store.answers.record(most);
        expect(results.every(({ ok }) => ok)).toBe(true);
        // An answer has its own door.
        await expect(store.append([{ writes: [], command: { id, outcome: null } }])).rejects.toMatchObject({ code: "invalid_request" });
      }));

    test("a closed store records nothing", async () => {
      const store = await open();
      await store.close();
      await expect(store.answers.record([answerOf(freshId())])).rejects.toMatchObject({ code: "closed" });
    });

    if (reopen)
      test("[G3] an answer is there when the store is opened again, and holds", async () => {
        const before = await open();
        const id = freshId();
        await before.answers.record([answerOf(id, { code: "nothing_to_do" })]);
        const after = await reopen(before);
        try {
          expect(await after.outcomes([id])).toEqual([{ outcome: { code: "nothing_to_do" }, position: 0 }]);
          expect(codeOf(await appendOne(after, commitBy(id)))).toBe("command_already_recorded");
          expect([await after.head(), (await after.statistics()).event_count]).toEqual([0, 0]);
        } finally {
          await after.close();
        }
      });
  });
}
