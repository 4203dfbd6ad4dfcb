import { createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import { pathOf, snapshotOf, type Json, type KeyStore } from "@aethyr/kernel";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import { createActorHost } from "../actor-host.ts";
import type { ActorHost, HostParts } from "../host.ts";
import { hydrate } from "../actors/load-aggregate.ts";
import { createMetrics } from "../metrics.ts";
import { silentLog, systemPorts, type Ports } from "../ports.ts";
import { command } from "./commands.ts";
import { counters } from "./counters.ts";
import { openTestStore } from "./test-store.ts";
import { createUnrulyStore, type UnrulyStore } from "./unruly-store.ts";

export type LogLine = { readonly level: "info" | "warn" | "error"; readonly message: string; readonly fields: object };

export type TestHost = {
  readonly host: ActorHost;
  /** The store as this host has it: what is done to it here, no other host feels. */
  readonly store: UnrulyStore;
  /** The store behind it, for other hosts of the same world. */
  readonly world: EventStore;
  readonly keys: KeyStore;
  readonly lines: readonly LogLine[];
  /** Submits a command made of `command`'s arguments. */
  send(target: string, type: string, data?: Json, more?: Partial<CommandEnvelope>): Promise<Reply>;
};

/** A host of the counters on a store of its own; give it the store of another for two hosts of one world. */
export function startHost({ store: world = openTestStore(), ...parts }: Partial<HostParts> = {}): TestHost {
  const unruly = createUnrulyStore(world);
  const lines: LogLine[] = [];
  const note = (level: LogLine["level"]) => (fields: object, message: string) => void lines.push({ level, message, fields });
  const keys = parts.keys ?? createMemoryKeyStore();
  const host = createActorHost({
    domain: counters,
    metrics: createMetrics(),
    log: { info: note("info"), warn: note("warn"), error: note("error") },
    ...parts,
    keys,
    store: unruly,
  });
  return {
    host,
    store: unruly,
    world,
    keys,
    lines,
    send: (target, type, data = {}, more = {}) => host.submit(command(target, type, data, more)),
  };
}

/** Ports whose clock stands where a test puts it. */
export function clockAt(startMs: number): Ports & { nowMs: number } {
  const clock = { ...systemPorts, nowMs: startMs, now: () => clock.nowMs };
  return clock;
}

/** Every event of a store, as `type/id version type data`, in the log's order. */
export async function logOf(store: EventStore): Promise<readonly string[]> {
  const events = await store.readAll(0);
  return events.map(({ stream, version, type, data }) => `${stream.type}/${stream.id} ${version} ${type} ${JSON.stringify(data)}`);
}

/** Where every event of a store is, in the log's order; only in memory these are 1, 2, 3, …. */
export async function positionsOf(store: EventStore): Promise<readonly number[]> {
  const events = await store.readAll(0);
  return events.map(({ position }) => position);
}

/** What the log makes of every counter, by path, read event by event. */
export async function contextsOf(store: EventStore): Promise<ReadonlyMap<string, { readonly total: number }>> {
  const contexts = new Map<string, { readonly total: number }>();
  for (const ref of await store.listStreams({ type: "counter" })) {
    const { instance } = await hydrate(
      { ...store, loadSnapshot: async () => undefined },
      counters.aggregates.get("counter")!,
      ref,
      silentLog,
    );
    contexts.set(pathOf(ref), snapshotOf(instance).state.context as { readonly total: number });
  }
  return contexts;
}
