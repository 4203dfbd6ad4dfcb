import { join } from "node:path";
import type { EventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import type { Ref } from "@aethyr/kernel";
import { hydrate, silentLog, type ActorHost } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { envelopeOf, RefusedError } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { importWorld } from "../system/imported-world.ts";
import { readWorldCommands } from "../system/stock-world.ts";

/** Bytes in use, after everything that can be freed was. */
async function usedBytes(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("memory is only measured with --expose-gc");
  // What a collection frees may let the next one free more; what is only held by a finished turn of the event loop needs that turn.
  for (let pass = 0; pass < 4; pass += 1) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function streamsOf(store: EventStore): Promise<readonly Ref[]> {
  const all: Ref[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await store.listStreams({ after: last === undefined ? "" : `${last.type}/${last.id}` });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Has every actor in memory: a command that changes nothing needs its aggregate loaded. */
async function activate(host: ActorHost, refs: readonly Ref[]): Promise<void> {
  for (let start = 0; start < refs.length; start += 500) {
    const replies = await Promise.all(
      refs.slice(start, start + 500).map((ref) => host.submit(envelopeOf("UpdateGameObjectAttributes", ref, { attributes: {} }))),
    );
    const refusal = replies.find(({ code }) => code !== "accepted");
    if (refusal !== undefined) throw new RefusedError(`an actor answered ${refusal.code}`);
  }
  const active = host.actors().filter(({ state }) => state === "ready").length;
  if (active !== refs.length) throw new Error(`${active} actors are in memory, not ${refs.length}`);
}

async function passivate(host: ActorHost, refs: readonly Ref[]): Promise<void> {
  for (const ref of refs) await host.passivate(ref);
  if (host.actors().length > 0) throw new Error(`${host.actors().length} actors did not leave memory`);
}

async function contextsOf(store: EventStore, refs: readonly Ref[]): Promise<Buffer> {
  const texts: string[] = [];
  for (const ref of refs) {
    const { instance } = await hydrate(store, world.aggregates.get(ref.type)!, ref, silentLog);
    const { context } = instance.actor.getSnapshot() as { context: unknown };
    texts.push(JSON.stringify(context));
  }
  return Buffer.from(texts.join("\n"));
}

/** Bytes of the contexts of all aggregates as plain objects. */
async function bareBytes(contexts: Buffer): Promise<number> {
  const parsed: unknown[] = [];
  const parseAll = (): void => {
    for (let start = 0; start < contexts.length;) {
      const end = contexts.indexOf("\n", start);
      const stop = end === -1 ? contexts.length : end;
      parsed.push(JSON.parse(contexts.toString("utf8", start, stop)));
      start = stop + 1;
    }
  };
  parseAll();
  parsed.length = 0;
  const without = await usedBytes();
  parseAll();
  const used = (await usedBytes()) - without;
  if (parsed.length === 0) throw new Error("there are no contexts");
  return used;
}

/** Bytes that an idle actor of the imported world takes. */
export const memoryBenchmark: Benchmark = {
  name: "memory",
  about: "bytes per idle actor of the imported world",
  async run({ directory, rounds }, progress) {
    const store = await openSqliteEventStore({ directory: join(directory, "log") });
    const { phases, name } = readWorldCommands();
    progress("importing");
    await importWorld(store, phases, { relay: false });
    const refs = await streamsOf(store);
    const contexts = await contextsOf(store, refs);
    const { host, close } = await startSystem({ store, relay: false, options: { activeLimit: 1_000_000, idleMs: 24 * 3_600_000 } });
    // Once before anything is measured: code is compiled, tables have grown.
    await activate(host, refs);
    await passivate(host, refs);
    const done: Round[] = [];
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      const stop = startMeter();
      const without = await usedBytes();
      await activate(host, refs);
      const actors = (await usedBytes()) - without;
      await passivate(host, refs);
      const { others } = stop();
      done.push({ value: actors / refs.length, floor: (await bareBytes(contexts)) / refs.length, others });
    }
    await close();
    await store.close();
    return figureOf({
      name: "memory",
      unit: "bytes per actor",
      aim: { atMost: 10_240 },
      rounds: done,
      floorDoes: "the contexts of the same aggregates as plain objects, parsed from JSON",
      notes: [
        `${name}: ${refs.length} actors in one host, no command under way`,
        `heap after garbage collection with all of them minus without; as JSON text a context has ${Math.round(contexts.length / refs.length)} bytes`,
      ],
    });
  },
};
