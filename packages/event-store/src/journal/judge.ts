import { refOf, type Json } from "@aethyr/kernel";
import { CommandAlreadyRecordedError, OutcomeUnknownError, UnavailableError, WrongExpectedVersionError } from "../errors.ts";
import { evaluate, refusalError, type KnownHead } from "../evaluate.ts";
import type { Commit, CommitResult } from "../event-store.ts";
import type { PreparedCommit } from "../prepare.ts";
import { pinned, versionsOf, type JournalCommit } from "./entry.ts";
import type { Known } from "./known.ts";
import type { PendingEntries } from "./pending-entries.ts";

/** An append that waits for its turn. */
export type Call = {
  readonly commits: readonly Commit[];
  readonly prepared: readonly PreparedCommit[];
  /** The log has refused it as away: it goes into the journal or nowhere. */
  readonly tried: boolean;
  /** Streams that lost what this call may have been decided on while it waited. */
  readonly spoilt: Set<string>;
  readonly resolve: (results: readonly CommitResult[]) => void;
  readonly reject: (error: unknown) => void;
};

export type Judgement = { readonly call: Call; readonly results: readonly CommitResult[]; readonly taken: readonly JournalCommit[] };

type Refused = Extract<CommitResult, { ok: false }>["error"];

/**
 * What becomes of appends, one after another, while the log is away: each commit is held against where its streams stand with what the journal
 * has of them, and is taken, or refused as the log would, or cannot be judged and is refused as `unavailable`. `fresh` are commands that never
 * took effect.
 */
export function judge(calls: readonly Call[], known: Known, pending: PendingEntries, fresh: ReadonlySet<string>): readonly Judgement[] {
  const heads = new Map<string, KnownHead>();
  const commands = new Map<string, Json>();
  const headOf = (path: string): KnownHead | undefined => heads.get(path) ?? pending.head(path) ?? known.head(path);

  function refusalOf(prepared: PreparedCommit, spoilt: ReadonlySet<string>): Refused | undefined {
    const { command, writes, asserts } = prepared;
    const recorded = command && recordedAs(command.id);
    if (recorded) return recorded;
    if (command && known.isOpen(command.id))
      return new OutcomeUnknownError(
        "the event store went away while this command was being appended: ask again under the same command id",
      );
    if (command && !fresh.has(command.id))
      return new UnavailableError(`the event store is away, and whether command ${command.id} took effect before is not known here`);
    for (const { path, ...condition } of [...writes, ...asserts]) {
      const head = headOf(path);
      if (spoilt.has(path)) {
        const expected = "expected" in condition ? condition.expected : condition.expect;
        return new WrongExpectedVersionError(refOf(path), expected, head?.version ?? 0);
      }
      if (head === undefined) return new UnavailableError(`the event store is away, and where ${path} stands is not known here`);
    }
    // Every head is known by now.
    const refusal = evaluate(prepared, (path) => headOf(path)!);
    return refusal && refusalError(refusal);
  }

  function recordedAs(id: string): CommandAlreadyRecordedError | undefined {
    const own = commands.get(id);
    if (own !== undefined) return new CommandAlreadyRecordedError(id, own, 0, true);
    const journaled = pending.outcome(id);
    if (journaled) return new CommandAlreadyRecordedError(id, journaled.outcome, 0, true);
    const recorded = known.recorded(id);
    return recorded && new CommandAlreadyRecordedError(id, recorded.outcome, recorded.position);
  }

  return calls.map((call) => {
    const taken: JournalCommit[] = [];
    const results = call.commits.map((commit, index): CommitResult => {
      const error = refusalOf(call.prepared[index]!, call.spoilt);
      if (error) return { ok: false, error };
      const entry = pinned(commit, (path) => headOf(path)!.version);
      taken.push(entry);
      const versions = versionsOf(entry);
      for (const [at, { path, ends }] of entry.writes.entries())
        heads.set(path, { version: versions[at]!, ended: ends, by: entry.command?.id });
      if (entry.command) commands.set(entry.command.id, entry.command.outcome);
      return { ok: true, position: 0, versions, provisional: true };
    });
    return { call, results, taken };
  });
}
