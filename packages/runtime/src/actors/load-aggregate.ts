import { createInstance, fits, replay, restore, type AggregateKind, type Instance, type Ref } from "@aethyr/kernel";
import type { EventStore } from "@aethyr/event-store";
import type { Log } from "../ports.ts";

const pageEvents = 500;

export type Hydrated = { readonly instance: Instance; readonly replayed: number; readonly snapshotVersion: number };

/**
 * The committed state of an aggregate: its newest snapshot, if that fits the machine, then the events after it, through the chart.
 * `atVersion` stops at a version, for a look into the past. Rejects with what the store or the chart says about the stream; a snapshot
 * that cannot be used is only logged.
 */
export async function hydrate(store: EventStore, kind: AggregateKind, ref: Ref, log: Log, atVersion?: number): Promise<Hydrated> {
  const [head] = await store.heads([ref]);
  return hydrateFrom(store, kind, ref, log, head!.version, atVersion);
}

/**
 * The same where it is known at which version the stream stands, or stood a moment ago. A snapshot beyond it is none of this log: the log
 * was restored from a backup, and the snapshots were not.
 */
export async function hydrateFrom(
  store: EventStore,
  kind: AggregateKind,
  ref: Ref,
  log: Log,
  headVersion: number,
  atVersion?: number,
): Promise<Hydrated> {
  const start = await fromSnapshot(store, kind, ref, log, Math.min(headVersion, atVersion ?? headVersion));
  const instance = start ?? createInstance(kind, ref);
  const snapshotVersion = instance.version;
  const replayed = await catchUp(store, instance, atVersion);
  return { instance, replayed, snapshotVersion };
}

/** Replays what the log holds beyond the instance. Returns the number of events. */
export async function catchUp(store: EventStore, instance: Instance, atVersion?: number): Promise<number> {
  const first = instance.version;
  for (;;) {
    if (atVersion !== undefined && instance.version >= atVersion) break;
    const page = await store.readStream(instance.ref, {
      from: instance.version + 1,
      limit: pageEvents,
      ...(atVersion === undefined ? {} : { to: atVersion }),
    });
    for (const event of page) replay(instance, event);
    if (page.length < pageEvents) break;
  }
  return instance.version - first;
}

async function fromSnapshot(store: EventStore, kind: AggregateKind, ref: Ref, log: Log, atOrBefore: number): Promise<Instance | undefined> {
  if (atOrBefore === 0) return undefined;
  try {
    const snapshot = await store.loadSnapshot(ref, atOrBefore);
    if (snapshot === undefined) return undefined;
    if (fits(kind, snapshot)) return restore(kind, snapshot);
    log.info({ aggregate: `${ref.type}/${ref.id}`, version: snapshot.version }, "the snapshot is of another machine: replaying the events");
  } catch (error) {
    // A snapshot is a cache: without it the events are replayed, and if the store is away they say so themselves.
    log.warn({ aggregate: `${ref.type}/${ref.id}`, err: error }, "the snapshot cannot be used: replaying the events");
  }
  return undefined;
}
