import { readStreamAll, StoreError, type EventStore, type StreamHead } from "@aethyr/event-store";
import { AethyrError, createInstance, fits, pathOf, replay, snapshotOf, type AggregateKind, type Instance, type Ref } from "@aethyr/kernel";
import type { HostedActors } from "../hosted-actors.ts";
import type { BadState } from "./news.ts";
import { stateHash } from "./state-hash.ts";
import type { Turns } from "./turns.ts";

export type CheckParts = {
  readonly store: EventStore;
  readonly host: Pick<HostedActors, "snapshot">;
  readonly writeSnapshots: boolean;
  readonly withSnapshots: boolean;
  readonly signal: AbortSignal;
  readonly turns: Turns;
  /** Told of every event that was replayed. */
  readonly onEvent: (position: number) => void;
};

export type CheckedStream = {
  /** Position of its first event; 0 where none could be read. */
  readonly begins: number;
  /** Hash of the state at its end; undefined where the aggregate has ended or the end was not reached. */
  readonly hash: string | undefined;
  readonly bad: readonly BadState[];
  readonly live: number;
  readonly snapshots: number;
  readonly unused: number;
  readonly written: number;
};

/** A state that somebody keeps, by its hash. */
type Kept = { readonly what: "live" | "snapshot"; readonly version: number; readonly hash: string };

/** Events of one read: few, so that a running world gets its turn in between. */
const pageEvents = 200;

/**
 * Replays one stream from its first event, and compares what it comes to with the actor in memory and the stored snapshots, each at its own
 * version. Rejects only where the store fails on more than this stream. `head`: where the stream stood before.
 */
export async function checkStream(parts: CheckParts, kind: AggregateKind, ref: Ref, head: StreamHead): Promise<CheckedStream> {
  const { store, host, writeSnapshots } = parts;
  const path = pathOf(ref);
  const stream = { type: ref.type, id: ref.id };
  const bad: BadState[] = [];
  const fault = (what: BadState["what"], version: number, code: string, message: string): void =>
    void bad.push({ stream, what, version, code, message: `${path}: ${message}` });

  // Both before the log is read: what they hold is in it by then.
  const live = await liveState(host, ref);
  const stored = parts.withSnapshots ? await storedStates(store, kind, ref, fault) : { kept: [], unused: 0 };
  const due = byVersion(live === undefined ? stored.kept : [live, ...stored.kept]);

  const instance = createInstance(kind, ref);
  let begins = 0;
  let written = 0;
  let goodSnapshot = 0;
  let reachedEnd = false;

  const save = async (): Promise<void> => {
    await store.saveSnapshot(snapshotOf(instance));
    written += 1;
    goodSnapshot = instance.version;
  };

  async function compare(): Promise<void> {
    const kept = due.get(instance.version);
    if (kept === undefined) return;
    due.delete(instance.version);
    const right = stateHash(snapshotOf(instance).state);
    for (const { what, version, hash } of kept) {
      if (hash === right) {
        if (what === "snapshot") goodSnapshot = version;
        continue;
      }
      const whose = what === "live" ? "the actor in memory" : "the stored snapshot";
      fault(what, version, "differs", `${whose} at version ${version} is not the state that the events lead to`);
      if (what === "snapshot" && writeSnapshots) await save();
    }
  }

  try {
    for await (const event of readStreamAll(store, ref, { limit: pageEvents })) {
      replay(instance, event);
      if (event.version === 1) begins = event.position;
      parts.onEvent(event.position);
      if (due.size > 0) await compare();
      if (parts.turns.isOver()) await parts.turns.next();
    }
    reachedEnd = true;
  } catch (error) {
    if (parts.signal.aborted || !isOfStream(error)) throw error;
    fault("log", instance.version + 1, codeOf(error), `it cannot be replayed from version ${instance.version + 1} on: ${messageOf(error)}`);
  }
  if (reachedEnd) {
    checkEnd(instance, head, fault);
    for (const { what, version } of [...due.values()].flat()) {
      if (what === "live")
        fault("live", version, "ahead_of_log", `the actor in memory is at version ${version}, the log ends at ${instance.version}`);
    }
    if (writeSnapshots && kind.snapshotEvery > 0 && instance.version - goodSnapshot >= kind.snapshotEvery) await save();
  }
  const ahead = reachedEnd ? [...due.values()].flat().filter(({ what }) => what === "snapshot").length : 0;
  return {
    begins,
    hash: reachedEnd ? livingHash(instance, fault) : undefined,
    bad,
    live: live === undefined ? 0 : 1,
    snapshots: stored.kept.length - ahead,
    unused: stored.unused + ahead,
    written,
  };
}

type Fault = (what: BadState["what"], version: number, code: string, message: string) => void;

async function liveState(host: CheckParts["host"], ref: Ref): Promise<Kept | undefined> {
  const snapshot = await host.snapshot(ref);
  return snapshot && { what: "live", version: snapshot.version, hash: hashOrText(snapshot.state) };
}

/** What cannot be hashed is equal to nothing. */
function hashOrText(state: Parameters<typeof stateHash>[0]): string {
  try {
    return stateHash(state);
  } catch (error) {
    return messageOf(error);
  }
}

/** Every snapshot of a stream, the newest first; those of another machine are nobody's. */
async function storedStates(
  store: EventStore,
  kind: AggregateKind,
  ref: Ref,
  fault: Fault,
): Promise<{ readonly kept: readonly Kept[]; readonly unused: number }> {
  const kept: Kept[] = [];
  let unused = 0;
  for (let atOrBefore: number | undefined; atOrBefore === undefined || atOrBefore > 0;) {
    let snapshot;
    try {
      snapshot = await store.loadSnapshot(ref, atOrBefore);
    } catch (error) {
      if (!isOfStream(error)) throw error;
      fault("snapshot", atOrBefore ?? 0, codeOf(error), messageOf(error));
      break;
    }
    if (snapshot === undefined) break;
    if (fits(kind, snapshot)) kept.push({ what: "snapshot", version: snapshot.version, hash: hashOrText(snapshot.state) });
    else unused += 1;
    atOrBefore = snapshot.version - 1;
  }
  return { kept, unused };
}

function checkEnd(instance: Instance, head: StreamHead, fault: Fault): void {
  if (instance.version < head.version) {
    fault(
      "log",
      instance.version + 1,
      "incomplete",
      `the store says that it has ${head.version} events, ${instance.version} are to be read`,
    );
  } else if (instance.version === head.version && head.ended !== hasEnded(instance)) {
    const says = head.ended ? "that it has ended, its chart that it has not" : "that it goes on, its chart that it has ended";
    fault("log", instance.version, "differs", `the store says ${says}`);
  }
}

function livingHash(instance: Instance, fault: Fault): string | undefined {
  if (instance.version === 0 || hasEnded(instance)) return undefined;
  try {
    return stateHash(snapshotOf(instance).state);
  } catch (error) {
    fault("log", instance.version, codeOf(error), messageOf(error));
    return undefined;
  }
}

const hasEnded = (instance: Instance): boolean => snapshotOf(instance).state.status === "done";

function byVersion(kept: readonly Kept[]): Map<number, Kept[]> {
  const versions = new Map<number, Kept[]>();
  for (const each of kept) versions.set(each.version, [...(versions.get(each.version) ?? []), each]);
  return versions;
}

/** A fault of this stream or of the rules that read it, not of the store as a whole. */
const isOfStream = (error: unknown): boolean => !(error instanceof StoreError) || error.code === "corrupt_store";
const codeOf = (error: unknown): string => (error instanceof AethyrError ? error.code : "failed");
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
