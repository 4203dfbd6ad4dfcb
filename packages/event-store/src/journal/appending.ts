import { inTime } from "@aethyr/async";
import { refOf } from "@aethyr/kernel";
import { nothingAppended, StoreError, OutcomeUnknownError, UnavailableError } from "../errors.ts";
import type { Commit, CommitResult, EventStore } from "../event-store.ts";
import { refuseFences } from "../fences.ts";
import { countEvents, prepareAppend, type PreparedCommit } from "../prepare.ts";
import { LinkLostError, type Link } from "../sqlite/link.ts";
import { textOf, type JournalCommit } from "./entry.ts";
import type { Freshness } from "./freshness.ts";
import type { JournalFile } from "./journal-file.ts";
import { judge, type Call } from "./judge.ts";
import type { Known } from "./known.ts";
import type { PendingEntries } from "./pending-entries.ts";
import type { Presence } from "./presence.ts";
import type { Turns } from "./turns.ts";

export type JournalLimit = { readonly events: number; readonly bytes: number };

type Parts = {
  readonly primary: EventStore;
  readonly file: Link<JournalFile>;
  readonly known: Known;
  readonly pending: PendingEntries;
  readonly presence: Presence;
  readonly freshness: Freshness;
  readonly turns: Turns;
  readonly limit: JournalLimit;
  /** How long the log may take over an append before it counts as away. */
  readonly patienceMs: number;
  readonly now: () => string;
  /** Something is in the journal. */
  readonly journaled: (epoch: number) => void;
};

export type Appending = {
  append(commits: readonly Commit[]): Promise<readonly CommitResult[]>;
  /** Streams lost what appends that wait may have been decided on. */
  spoil(paths: Iterable<string>): void;
};

const isRecorded = (result: CommitResult): boolean => result.ok || "outcome" in result.error;

/** Appends to the log while it is there and nothing waits for it, to the journal otherwise. */
export function createAppending(parts: Parts): Appending {
  const { primary, file, known, pending, presence, freshness, turns, limit, patienceMs } = parts;
  const waiting: Call[] = [];
  /** Appends are being judged and written. */
  let inHand = false;

  async function append(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const prepared = prepareAppend(commits);
    refuseFences(prepared, "a log with a journal");
    if (prepared.length === 0) return [];
    const lost = presence.lost();
    if (lost) throw lost;
    if (pending.size() > 0 || presence.isAway() || waiting.length > 0 || inHand) return journal(commits, prepared, false);
    return toLog(commits, prepared);
  }

  /** To the log, and into the journal if the log says that it is away. */
  async function toLog(commits: readonly Commit[], prepared: readonly PreparedCommit[]): Promise<readonly CommitResult[]> {
    const passage = known.enter(prepared);
    const answer = primary.append(commits).then(
      (results) => {
        passage.answered(results);
        freshness.recorded(prepared.flatMap(({ command }, index) => (command && isRecorded(results[index]!) ? [command.id] : [])));
        return results;
      },
      (error: unknown) => {
        if (nothingAppended(error)) passage.refused();
        else passage.unanswered();
        throw error;
      },
    );
    try {
      const results = await inTime(answer, patienceMs);
      if (results !== undefined) return results;
    } catch (error) {
      if (!(error instanceof StoreError && error.code === "unavailable")) {
        if (error instanceof StoreError && error.code === "outcome_unknown") presence.left(error);
        throw error;
      }
      presence.left(error);
      if (presence.lost() === error) throw error;
      return journal(commits, prepared, true);
    }
    // What the log makes of it later is learnt by `passage`; until then nothing is known of these streams and commands.
    const error = new OutcomeUnknownError("the event store gave no answer in time: ask again under the same command id");
    presence.left(error);
    throw error;
  }

  function journal(commits: readonly Commit[], prepared: readonly PreparedCommit[], tried: boolean): Promise<readonly CommitResult[]> {
    return new Promise((resolve, reject) => {
      waiting.push({ commits, prepared, tried, spoilt: new Set(), resolve, reject });
      // Whoever comes first takes all that have come by then.
      if (waiting.length === 1) void turns(takeWaiting);
    });
  }

  async function takeWaiting(): Promise<void> {
    if (pending.size() === 0 && !presence.isAway() && waiting.every(({ tried, spoilt }) => !tried && spoilt.size === 0)) {
      // The journal has come to its end meanwhile, or what it had was put aside.
      for (const { commits, prepared, resolve, reject } of waiting.splice(0)) toLog(commits, prepared).then(resolve, reject);
      return;
    }
    inHand = true;
    const calls = waiting.splice(0);
    const asked = presence.isAway() ? [] : await askFor(calls);
    const ids = calls.flatMap(({ prepared }) => prepared.flatMap(({ command }) => (command ? [command.id] : [])));
    const told = await freshness.fresh(ids.filter((id) => !asked.includes(id))).catch(() => new Set<string>());
    const judged = judge(calls, known, pending, new Set([...asked, ...told]));
    try {
      await keep(judged.flatMap(({ taken }) => taken));
      for (const { call, results } of judged) call.resolve(results);
    } catch (error) {
      const failure = error instanceof LinkLostError ? new OutcomeUnknownError(error.message, { cause: error }) : error;
      for (const { call, taken, results } of judged) {
        if (taken.length === 0) {
          call.resolve(results);
          continue;
        }
        if (failure instanceof OutcomeUnknownError) known.doubt(call.prepared);
        call.reject(failure);
      }
    } finally {
      inHand = false;
    }
  }

  /** The log is there, only late: it is asked for what is not known. Resolves to the commands that it does not have. */
  async function askFor(calls: readonly Call[]): Promise<readonly string[]> {
    const prepared = calls.flatMap((call) => call.prepared);
    const named = new Set(prepared.flatMap(({ writes, asserts }) => [...writes, ...asserts].map(({ path }) => path)));
    const paths = [...named].filter((path) => (pending.head(path) ?? known.head(path)) === undefined);
    const ids = prepared.flatMap(({ command }) => (command ? [command.id] : []));
    const open = ids.filter((id) => pending.outcome(id) === undefined && known.recorded(id) === undefined);
    try {
      const answers = await inTime(Promise.all([primary.heads(paths.map(refOf)), primary.outcomes(open)]), patienceMs);
      if (answers === undefined) throw new UnavailableError("the event store gave no answer in time");
      const [heads, outcomes] = answers;
      for (const [index, head] of heads.entries()) known.learnHead(paths[index]!, head);
      for (const [index, outcome] of outcomes.entries()) if (outcome) known.record(open[index]!, outcome);
      return open.filter((_, index) => outcomes[index] === undefined);
    } catch (error) {
      presence.left(error);
      return [];
    }
  }

  async function keep(commits: readonly JournalCommit[]): Promise<void> {
    if (commits.length === 0) return;
    const texts = commits.map(textOf);
    const sizes = texts.map((text) => Buffer.byteLength(text));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (pending.events() + countEvents(commits) > limit.events || pending.bytes() + bytes > limit.bytes)
      throw new UnavailableError("the event store is away, and the journal has as much as it takes; nothing was appended");
    const time = parts.now();
    const { seqs, epoch } = await file.call("append", texts, time);
    for (const [index, text] of texts.entries()) {
      // As it will be read after a restart.
      const commit = JSON.parse(text) as JournalCommit;
      pending.add({ ...commit, seq: seqs[index]!, epoch, time, size: sizes[index]! });
    }
    parts.journaled(epoch);
  }

  return {
    append,
    spoil(paths) {
      for (const path of paths) for (const { spoilt } of waiting) spoilt.add(path);
    },
  };
}
