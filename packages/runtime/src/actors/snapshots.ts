import { createLimit } from "@aethyr/async";
import { snapshotOf, type Instance } from "@aethyr/kernel";
import type { EventStore } from "@aethyr/event-store";
import type { Hosted } from "./hosted.ts";
import type { Metrics } from "../metrics.ts";
import type { Log } from "../ports.ts";

type Parts = { readonly store: EventStore; readonly metrics: Metrics; readonly log: Log; readonly every: Readonly<Record<string, number>> };

const savesAtOnce = 64;

/** Saves snapshots by policy, off the path of commands: a failure costs time at the next load, and is counted. */
export function createSnapshots({ store, metrics, log, every }: Parts) {
  const saving = new Set<Promise<void>>();
  const limited = createLimit(savesAtOnce);
  let stopped = false;

  /** Events since the last one, as a part of what the policy wants between two; 0 where it wants none. */
  function due({ path, ref, kind, instance, snapshotVersion }: Hosted): number {
    const threshold = every[path] ?? every[ref.type] ?? kind.snapshotEvery;
    return instance === undefined || threshold === 0 ? 0 : (instance.version - snapshotVersion) / threshold;
  }

  async function save(hosted: Hosted, instance: Instance, discards: number): Promise<void> {
    const { path, ref } = hosted;
    // Nor one of a state that did not come to be.
    if (stopped || hosted.discards !== discards) return;
    try {
      await store.saveSnapshot(snapshotOf(instance));
      metrics.snapshot("saved", ref.type);
    } catch (error) {
      metrics.snapshot("failed", ref.type);
      log.warn({ aggregate: path, version: instance.version, err: error }, "the snapshot was not saved");
    }
  }

  /** Never rejects. */
  function begin(hosted: Hosted): Promise<void> {
    const { discards } = hosted;
    const instance = hosted.instance!;
    // Also if it fails: what cannot be saved now is tried again when the next one is due, not with every event.
    hosted.snapshotVersion = instance.version;
    const done = limited(() => save(hosted, instance, discards)).finally(() => saving.delete(done));
    saving.add(done);
    return done;
  }

  return {
    /** After a commit: saves one if the policy says so. */
    afterCommit(hosted: Hosted): void {
      if (due(hosted) >= 1) void begin(hosted);
    },
    /** Before it leaves memory: saves one if the tail is worth it, half the threshold. */
    async beforePassivation(hosted: Hosted): Promise<void> {
      if (due(hosted) >= 0.5) await begin(hosted);
    },
    /** Resolves when nothing is being saved any more. */
    async settled(): Promise<void> {
      await Promise.all(saving);
    },
    /** Begins no more: what still waits for its turn is not saved. */
    stop(): void {
      stopped = true;
    },
  };
}

export type Snapshots = ReturnType<typeof createSnapshots>;
