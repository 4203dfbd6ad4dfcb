import { createMemoryKeyStore } from "@aethyr/event-store";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HostOptions } from "./options.ts";
import type { Ports } from "./ports.ts";
import { command, openTestStore, positionsOf, runsHere, startHost } from "./testing/index.ts";

const id = fc.constantFrom("a", "b", "c");
const amount = fc.integer({ min: -20, max: 40 });
const someCommand = fc.oneof(
  fc.record({ target: id, type: fc.constantFrom("Open", "Open", "Stamp", "Close", "Throw", "Break", "Illegal"), data: fc.constant({}) }),
  fc.record({ target: id, type: fc.constant("Add"), data: fc.record({ amount }) }),
  fc.record({ target: id, type: fc.constantFrom("Give", "Push"), data: fc.record({ amount: fc.integer({ min: 1, max: 20 }), to: id }) }),
  fc.record({ target: id, type: fc.constant("AddBeside"), data: fc.record({ amount, beside: id }) }),
  fc.record({
    target: id,
    type: fc.constant("AddIfSum"),
    data: fc.record({ others: fc.uniqueArray(id, { maxLength: 2 }), sum: amount, amount }),
  }),
  fc.record({ target: id, type: fc.constant("SetSecret"), data: fc.record({ secret: fc.constantFrom("first", "second", "x") }) }),
);
/** Each step sends one command, new or (every fifth or so) one of before again. */
const scenario = fc.array(fc.record({ some: someCommand, again: fc.option(fc.nat(), { freq: 4 }) }), { maxLength: 60 });

/** A clock, ids and chances that are the same in every run. */
function replayable(): Ports {
  let count = 0;
  const next = () => (count += 1);
  return {
    now: () => Date.parse("2026-06-01T00:00:00.000Z") + next(),
    monotonic: () => 0,
    idleMs: () => 0,
    newId: () => `id-${next()}`,
    random: () => 0.5,
  };
}

type Steps = (typeof scenario extends fc.Arbitrary<infer T> ? T : never) & readonly unknown[];

async function played(steps: Steps, options: Partial<HostOptions>): Promise<unknown> {
  const world = openTestStore();
  const inner = createMemoryKeyStore();
  // The key is what makes sealed values differ from run to run.
  const keys = { ...inner, obtain: async () => new Uint8Array(32).fill(7) };
  let atMs = Date.parse("2026-06-01T00:00:00.000Z");
  const { host } = startHost({ store: world, keys, ports: { ...replayable(), now: () => atMs }, options });
  const replies = [];
  for (const [index, { some, again }] of steps.entries()) {
    atMs += 1_000;
    const which = again === null ? index : again % (index + 1);
    const { target, type, data } = steps[which]?.some ?? some;
    replies.push(await host.submit(command(`counter/${target}`, type, data, { id: `command-${which}` })));
  }
  await host.close();
  // Where in the log an event is, is the engine's affair: what counts is which one a reply names.
  const positions = await positionsOf(world);
  const placeIn = (position: number): number => positions.indexOf(position);
  return {
    replies: replies.map((reply) => (reply.code === "accepted" ? { ...reply, position: placeIn(reply.position) } : reply)),
    log: (await world.readAll(0)).map(({ bytes: _, position, ...event }) => ({ ...event, position: placeIn(position) })),
  };
}

test("[R24][G9] replies and log are the same with passivation before every command, and with any snapshot policy", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (steps) => {
      const normal = await played(steps, { snapshotEvery: { counter: 0 } });
      for (const options of [
        { snapshotEvery: { counter: 1 } },
        { snapshotEvery: { counter: 3 }, passivateBeforeCommand: true },
        { snapshotEvery: { counter: 0 }, passivateBeforeCommand: true },
      ]) {
        expect(await played(steps, options)).toEqual(normal);
      }
    }),
    { numRuns: runsHere(60) },
  );
});

test.each([false, true])(
  "[R24][R3] many commands at once get the same answers as one by one (passivateBeforeCommand: %s)",
  async (passivateBeforeCommand) => {
    const { host, store, send } = startHost({ options: { passivateBeforeCommand } });
    const replies = await Promise.all([
      send("counter/a", "Open"),
      send("counter/b", "Open"),
      ...Array.from({ length: 20 }, (_, index) => send("counter/a", "AddIfTotal", { total: index, amount: 1 })),
      send("counter/a", "Give", { amount: 20, to: "b" }),
      send("counter/a", "AddIfTotal", { total: 0, amount: 1 }),
      send("counter/a", "Open"),
      send("counter/a", "Close"),
      send("counter/a", "Open"),
    ]);
    expect(replies.map(({ code }) => code)).toEqual([...Array<string>(24).fill("accepted"), "rejected", "accepted", "rejected"]);
    expect((await store.readAll(0)).filter(({ stream }) => stream.id === "a")).toHaveLength(24);
    await host.close();
  },
);
