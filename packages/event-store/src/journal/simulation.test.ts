import { cpSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pathOf, ref, type Ref } from "@aethyr/kernel";
import { commitOf, freshId, newEvents } from "../contract/samples.ts";
import { StoreError } from "../errors.ts";
import type { Commit, CommitResult, EventStore, Write } from "../event-store.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { readLog } from "../read-all.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { drained } from "./testing/outage.ts";
import { createUnsteadyStore, type UnsteadyStore } from "./testing/unsteady-store.ts";
import { journalOnThreads, type JournaledEventStore } from "./with-journal.ts";

const newFolder = testFolders();
const number = fc.nat(3);
const commitPlan = fc.record({
  writes: fc.uniqueArray(fc.record({ stream: number, expected: fc.constantFrom("known", "any"), events: fc.integer({ min: 1, max: 3 }) }), {
    selector: ({ stream }) => stream,
    minLength: 1,
    maxLength: 2,
  }),
  reads: fc.option(fc.record({ stream: number, expect: fc.constantFrom("known", "alive") }), { nil: undefined }),
  named: fc.nat(4).map((chance) => chance > 0),
});
const step = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      commits: fc.array(commitPlan, { minLength: 1, maxLength: 3 }),
      waits: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("repeat" as const), which: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("mode" as const), mode: fc.constantFrom("there", "away", "away", "silent" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), how: fc.constantFrom("before", "after" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("foreign" as const), stream: number }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("turns" as const), turns: fc.nat(12) }) },
);
type Plan = typeof commitPlan extends fc.Arbitrary<infer T> ? T : never;
type Made = { readonly commit: Commit; result: CommitResult | undefined };

/** A journal on a log, one process after another: the next begins on what is on the disk at the moment in which the one before is killed. */
async function simulate(world: EventStore, streams: readonly Ref[]) {
  let directory = newFolder();
  let primary = createUnsteadyStore(world);
  const open = (): Promise<JournaledEventStore> =>
    journalOnThreads({ primary, logId: "log", directory, pauseMs: 1, patienceMs: 20, limit: { events: 60 } }, "caller");
  let store = await open();
  let life = 0;
  const made: Made[] = [];
  const versions = new Map<string, number>();
  let running: Promise<unknown>[] = [];

  function commitFor({ writes, reads, named }: Plan): Commit {
    const id = freshId();
    const known = (stream: number) => versions.get(pathOf(streams[stream]!)) ?? 0;
    const write = ({ stream, expected, events }: Plan["writes"][number]): Write => ({
      stream: streams[stream]!,
      expected: expected === "any" ? "any" : known(stream),
      events: newEvents(events, "RoomDescriptionUpdated"),
    });
    const asserts =
      reads === undefined || writes.some(({ stream }) => stream === reads.stream)
        ? []
        : [{ stream: streams[reads.stream]!, expect: reads.expect === "alive" ? ("alive" as const) : known(reads.stream) }];
    return { writes: writes.map(write), asserts, ...(named && { command: { id, outcome: id } }) };
  }

  async function append(commits: readonly Commit[]): Promise<void> {
    const entries = commits.map((commit): Made => ({ commit, result: undefined }));
    const by = life;
    try {
      const results = await store.append(commits);
      // What a process says after its death is heard by nobody.
      if (by !== life) return;
      for (const [index, entry] of entries.entries()) {
        const result = results[index]!;
        entry.result = result;
        made.push(entry);
        if (result.ok) entry.commit.writes.forEach(({ stream }, at) => versions.set(pathOf(stream), result.versions[at]!));
        else if ("actual" in result.error) versions.set(pathOf(result.error.stream), result.error.actual);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
    }
  }

  return {
    made,
    store: () => store,
    primary: (): UnsteadyStore => primary,
    answered: () => Promise.all(running),
    append(plans: readonly Plan[]): Promise<void> {
      const done = append(plans.map(commitFor));
      running.push(done);
      return done;
    },
    repeat(which: number): Promise<void> {
      // One without a command is another one each time.
      const named = made.filter(({ commit }) => commit.command);
      const said = named[which % Math.max(1, named.length)];
      return said === undefined ? Promise.resolve() : append([said.commit]);
    },
    async kill(): Promise<void> {
      const [dead, there] = [primary, primary.mode];
      // Nothing that the dead process still does reaches the log.
      dead.mode = "silent";
      life += 1;
      const copy = newFolder();
      cpSync(directory, copy, { recursive: true });
      directory = copy;
      primary = createUnsteadyStore(world);
      primary.mode = there === "silent" ? "away" : there;
      store = await open();
      running = [];
    },
    async restart(): Promise<void> {
      if (primary.mode === "silent") primary.mode = "away";
      await Promise.all(running);
      await store.close();
      store = await open();
    },
  };
}

test(
  "[A18] [G1] [G2] [G3] whatever fails, is killed or is overtaken: what was acknowledged is in the log once, at its versions, or put aside",
  { timeout: 120_000 },
  async () => {
    const seen = { drained: 0, aside: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const world = createMemoryEventStore();
        const streams = [0, 1, 2, 3].map((at) => ref("room", `r${at}`));
        const run = await simulate(world, streams);
        await run.store().heads(streams);
        for (const the of steps) {
          if (the.kind === "append") {
            const done = run.append(the.commits);
            if (the.waits) await done;
          } else if (the.kind === "repeat") await run.repeat(the.which);
          else if (the.kind === "mode") {
            // A host has its actors in memory when the log goes away.
            if (run.primary().mode === "there") await run.store().heads(streams);
            run.primary().mode = the.mode;
          } else if (the.kind === "lose") run.primary().losing.push(the.how);
          else if (the.kind === "foreign") await world.append([commitOf(streams[the.stream]!, "any")]);
          else if (the.kind === "kill") await run.kill();
          else if (the.kind === "restart") await run.restart();
          else for (let turn = 0; turn < the.turns; turn += 1) await new Promise(setImmediate);
        }
        run.primary().mode = "there";
        await run.answered();
        await drained(run.store());

        const log: { id: string; path: string; version: number }[] = [];
        for await (const { id, stream, version } of readLog(world)) log.push({ id, path: pathOf(stream), version });
        for (const stream of streams) {
          const versions = log.filter(({ path }) => path === pathOf(stream)).map(({ version }) => version);
          expect(versions).toEqual(versions.map((_, index) => index + 1));
        }
        const places = Map.groupBy(log, ({ id }) => id);
        expect([...places.values()].every((of) => of.length === 1)).toBe(true);
        const aside = new Set(
          (await run.store().quarantined()).flatMap(({ writes }) => writes.flatMap(({ events }) => events.map(({ id }) => id))),
        );
        for (const { commit, result } of run.made) {
          if (!result?.ok) continue;
          const events = commit.writes.flatMap(({ stream, events: of }, at) =>
            of.map(({ id }, index) => ({ id, path: pathOf(stream), version: result.versions[at]! - of.length + index + 1 })),
          );
          const putAside = events.filter(({ id }) => aside.has(id)).length;
          if (result.provisional && putAside > 0) {
            seen.aside += 1;
            expect(putAside).toBe(events.length);
            // Unless a process before this one had seen the command through: then it was journaled as if it were new.
            const [before] = commit.command ? await world.outcomes([commit.command.id]) : [];
            for (const { id } of events) expect(places.has(id)).toBe(before !== undefined);
          } else {
            if (result.provisional) seen.drained += 1;
            for (const event of events) expect(places.get(event.id)).toEqual([event]);
          }
        }
        await run.store().close();
      }),
      { numRuns: 100 },
    );
    // The simulation is worth nothing if it never comes this far.
    expect(seen.drained).toBeGreaterThan(100);
    expect(seen.aside).toBeGreaterThan(20);
  },
);
