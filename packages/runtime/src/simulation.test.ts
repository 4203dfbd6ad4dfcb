import { createMemoryKeyStore, OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { command, contextsOf, openTestStore, runsHere, startHost, type TestHost } from "./testing/index.ts";

const id = fc.constantFrom("a", "b", "c");
const amount = fc.integer({ min: 1, max: 30 });
const someCommand = fc.oneof(
  fc.record({ target: id, type: fc.constant("Open"), data: fc.constant({}) }),
  fc.record({ target: id, type: fc.constant("Give"), data: fc.record({ amount, to: id }) }),
  fc.record({ target: id, type: fc.constant("Give"), data: fc.record({ amount, to: id }) }),
  fc.record({ target: id, type: fc.constantFrom("Stamp", "Throw", "Illegal"), data: fc.constant({}) }),
  fc.record({ target: id, type: fc.constant("SetSecret"), data: fc.record({ secret: fc.constantFrom("first", "second") }) }),
);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      host: fc.nat(1),
      commands: fc.array(someCommand, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("repeat" as const), host: fc.nat(1), which: fc.array(fc.nat(), { maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const), host: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("passivate" as const), host: fc.nat(1), id }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      host: fc.nat(1),
      method: fc.constantFrom("append", "append", "heads", "outcomes", "readStream", "loadSnapshot", "saveSnapshot"),
      done: fc.boolean(),
    }),
  },
);

/** What the world looks like when all is over, and all that was ever said about each command. */
test("[R8][G3][G5][G9] whatever fails, restarts and repeats: each accepted command is in the log once, repeats are answered alike, nothing is lost or made", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 1, 3), async (steps, snapshotEvery) => {
      const world = openTestStore();
      const keys = createMemoryKeyStore();
      const open = () => startHost({ store: world, keys, options: { snapshotEvery: { counter: snapshotEvery } } });
      const hosts: [TestHost, TestHost] = [open(), open()];
      const said: { readonly envelope: CommandEnvelope; readonly replies: Reply[] }[] = [];
      const submit = async (host: number, the: (typeof said)[number]) => {
        the.replies.push(await hosts[host === 0 ? 0 : 1].host.submit(the.envelope));
      };
      for (const each of ["a", "b"]) {
        await hosts[0].send(`counter/${each}`, "Open");
        await hosts[0].send(`counter/${each}`, "Add", { amount: 50 });
      }
      let running: Promise<void>[] = [];
      for (const the of steps) {
        const host = the.host === 0 ? 0 : 1;
        if (the.kind === "send") {
          for (const { target, type, data } of the.commands) {
            const entry = { envelope: command(`counter/${target}`, type, data), replies: [] };
            said.push(entry);
            running.push(submit(host, entry));
          }
        } else if (the.kind === "repeat") {
          for (const which of the.which) if (said.length > 0) running.push(submit(host, said[which % said.length]!));
        } else if (the.kind === "restart") {
          await hosts[host].host.close();
          hosts[host] = open();
        } else if (the.kind === "passivate") {
          await hosts[host].host.passivate({ type: "counter", id: the.id });
        } else {
          hosts[host].store.once(the.method as "append", async (go) => {
            if (the.done) await go();
            throw the.done && the.method === "append" ? new OutcomeUnknownError("broken") : new UnavailableError("away");
          });
        }
        if (the.kind === "restart" || the.kind === "passivate") {
          await Promise.all(running);
          running = [];
        }
      }
      await Promise.all(running);
      // All is well again: whoever was left in doubt asks once more.
      await Promise.all(hosts.map(({ host }) => host.close()));
      hosts[0] = open();
      for (const the of said) await submit(0, the);

      const log = await world.readAll(0, 1_000);
      const commits = new Map<string, Set<number>>();
      for (const { meta, position } of log) commits.set(meta.command, (commits.get(meta.command) ?? new Set()).add(position));
      for (const { envelope, replies } of said) {
        expect(replies.map(({ code }) => code)).not.toContain("unanswered");
        const effects = replies.filter((reply) => reply.code === "accepted" && reply.changed.length > 0);
        if (effects.length > 0) {
          // Once it took effect every repeat says so, in the same words.
          for (const reply of effects) expect(reply).toEqual(effects[0]);
          expect(replies.at(-1)).toEqual(effects[0]);
          expect(Math.max(...commits.get(envelope.id)!)).toBe(effects[0]!.code === "accepted" ? effects[0]!.position : 0);
          const ordinals = log.filter(({ meta }) => meta.command === envelope.id).map((event) => event.id);
          expect(ordinals).toEqual(ordinals.map((_, index) => `${envelope.id}/${index + 1}`));
        } else {
          expect(commits.has(envelope.id)).toBe(false);
        }
      }
      const contexts = await contextsOf(world);
      expect([...contexts.values()].reduce((sum, { total }) => sum + total, 0)).toBe(100);
      expect(Math.min(...[...contexts.values()].map(({ total }) => total))).toBeGreaterThanOrEqual(0);
      // The live actors are the fold of the log: each says its total when asked.
      for (const [path, { total }] of contexts) {
        expect(await hosts[0].send(path, "AddIfTotal", { total, amount: 0 })).toMatchObject({ code: "accepted" });
      }
      await hosts[0].host.close();
    }),
    { numRuns: runsHere(150) },
  );
});
