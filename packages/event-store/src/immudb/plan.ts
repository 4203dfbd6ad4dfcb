import type { Json } from "@aethyr/kernel";
import { withVersion } from "../encoding.ts";
import { CommandAlreadyRecordedError } from "../errors.ts";
import { evaluate, refusalError, type KnownHead } from "../evaluate.ts";
import type { CommitResult, RecordedOutcome, StreamHead } from "../event-store.ts";
import { lostFence, type Fence } from "../fences.ts";
import type { PreparedCommit } from "../prepare.ts";
import { commandKeyText, endKeyText, eventKeyText, genesisTx, markerKeyText } from "../log-keys.ts";
import { unraisedSince } from "./fences.ts";
import type { Bytes, NewEntry, Precondition } from "./messages.ts";
import { outcomePosition, placeOfNone, withIndexText } from "../place-in-tx.ts";

/** What was read from the log. Nothing is taken from it that the transaction does not check again, except a refusal. */
export type Known = {
  readonly heads: ReadonlyMap<string, StreamHead>;
  readonly recorded: ReadonlyMap<string, RecordedOutcome>;
  /** The newest fences of partitions. */
  readonly fences: ReadonlyMap<string, Fence>;
};

export const nothingRead: Known = { heads: new Map(), recorded: new Map(), fences: new Map() };

/** What the transaction counts on of a stream: it is at this version, it has events and has not ended, it takes events. */
export type Reliance = { version?: number; alive?: true; open?: true };

/** One transaction for as many commits of a batch as may succeed. */
export type Plan = {
  /** Streams that must be read before the batch can be planned. If there are any, the rest of the plan is void. */
  readonly unread: readonly string[];
  readonly entries: readonly NewEntry[];
  readonly preconditions: readonly Precondition[];
  readonly relied: ReadonlyMap<string, Reliance>;
  /** How each commit ended, if the transaction was made under this id; without entries none is needed. */
  readonly resultsOf: (tx: number) => readonly CommitResult[];
};

/**
 * Plans commits in their order, each seeing those before it. A stream that nobody has read is taken to be where its writer expects it: the
 * preconditions hold the writer to that, and if they fail, the batch is planned again with what was read.
 */
export function planBatch(commits: readonly PreparedCommit[], known: Known): Plan {
  const heads = new Map<string, KnownHead>(known.heads);
  const relied = new Map<string, Reliance>();
  const written = new Set<string>();
  const commands = new Map<string, { readonly index: number; readonly outcome: string }>();
  const fences = new Map<string, Fence>();
  const unread = new Set<string>();
  const entries: NewEntry[] = [];
  const results: ((tx: number) => CommitResult)[] = [];
  let events = 0;

  const rely = (path: string, on: Reliance): void => {
    // What this transaction writes is no condition of it.
    if (!written.has(path)) relied.set(path, { ...relied.get(path), ...on });
  };

  function include(commit: PreparedCommit, headOf: (path: string) => KnownHead): (tx: number) => CommitResult {
    const { fence } = commit;
    if (fence) fences.set(`${fence.partition} ${fence.token}`, fence);
    for (const { path, expect } of commit.asserts) {
      if (expect === "alive") rely(path, { alive: true });
      else {
        rely(path, { version: expect });
        heads.set(path, headOf(path));
      }
    }
    const versions = commit.writes.map((write) => {
      const { version } = headOf(write.path);
      rely(write.path, { version, open: true });
      written.add(write.path);
      write.events.forEach((text, offset) => {
        entries.push({
          key: eventKeyText(write.path, version + 1 + offset),
          value: withIndexText(withVersion(text, version + 1 + offset), events),
        });
        events += 1;
      });
      const reached = version + write.events.length;
      if (version === 0) entries.push({ key: markerKeyText(write.path), value: "" });
      if (write.ends) entries.push({ key: endKeyText(write.path), value: String(reached) });
      heads.set(write.path, { version: reached, ended: write.ends, by: commit.command?.id });
      return reached;
    });
    const index = commit.writes.length === 0 ? placeOfNone : events - 1;
    if (commit.command) {
      commands.set(commit.command.id, { index, outcome: commit.command.outcome });
      entries.push({ key: commandKeyText(commit.command.id), value: withIndexText(commit.command.outcome, index) });
    }
    return (tx) => ({ ok: true, position: outcomePosition(tx, index), versions });
  }

  function result(commit: PreparedCommit): (tx: number) => CommitResult {
    const id = commit.command?.id;
    const recorded = id === undefined ? undefined : known.recorded.get(id);
    if (id !== undefined && recorded)
      return () => ({ ok: false, error: new CommandAlreadyRecordedError(id, recorded.outcome, recorded.position) });
    const earlier = id === undefined ? undefined : commands.get(id);
    if (id !== undefined && earlier) {
      return (tx) => ({
        ok: false,
        error: new CommandAlreadyRecordedError(id, JSON.parse(earlier.outcome) as Json, outcomePosition(tx, earlier.index)),
      });
    }
    const fenced = lostFence(commit.fence, (partition) => known.fences.get(partition));
    if (fenced) return () => ({ ok: false, error: fenced });
    const open = commit.writes.filter(({ path, expected }) => !heads.has(path) && (expected === "any" || expected === "stream-exists"));
    for (const { path } of open) unread.add(path);
    if (open.length > 0) return impossible;
    const expected = expectedHeads(commit);
    const headOf = (path: string): KnownHead => heads.get(path) ?? expected.get(path) ?? absent;
    const refusal = evaluate(commit, headOf);
    return refusal ? () => ({ ok: false, error: refusalError(refusal) }) : include(commit, headOf);
  }

  for (const commit of commits) results.push(result(commit));
  return {
    unread: [...unread],
    entries,
    preconditions: [
      ...[...relied].flatMap(([path, on]) => streamPreconditions(path, on)),
      ...[...commands.keys()].map((id) => untouched(commandKeyText(id))),
      ...[...fences.values()].map(unraisedSince),
    ],
    relied,
    resultsOf: (tx) => results.map((of) => of(tx)),
  };
}

const absent: StreamHead = { version: 0, ended: false };

function impossible(): never {
  throw new Error("a plan with unread streams has no results");
}

/** Where a commit takes its streams to be; of one that it only wants alive any version does. */
function expectedHeads(commit: PreparedCommit): ReadonlyMap<string, StreamHead> {
  const heads = new Map<string, StreamHead>();
  for (const { path, expected } of commit.writes) if (typeof expected === "number") heads.set(path, { version: expected, ended: false });
  for (const { path, expect } of commit.asserts) heads.set(path, { version: expect === "alive" ? 1 : expect, ended: false });
  return heads;
}

/** No event is in the genesis transaction, so this says: never written. Unlike `mustNotExist` it also holds after a deletion. */
const untouched = (key: Bytes): Precondition => ({ kind: "notModifiedAfterTx", key, tx: genesisTx });

function streamPreconditions(path: string, { version, alive, open }: Reliance): readonly Precondition[] {
  const conditions: Precondition[] = [];
  if (version !== undefined) {
    if (version > 0) conditions.push({ kind: "mustExist", key: eventKeyText(path, version) });
    conditions.push(untouched(eventKeyText(path, version + 1)));
  }
  // Also where a later commit of the batch takes the same stream to be new: one of the two is wrong, and the log must say which.
  if (alive && (version ?? 0) === 0) conditions.push({ kind: "mustExist", key: eventKeyText(path, 1) });
  if ((alive || open) && version !== 0) conditions.push(untouched(endKeyText(path)));
  return conditions;
}
