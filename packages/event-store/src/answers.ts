import type { Json } from "@aethyr/kernel";
import { CommandAlreadyRecordedError, FencedError, LimitExceededError } from "./errors.ts";
import type { CommitResult, RecordedOutcome } from "./event-store.ts";
import type { Fence } from "./fences.ts";
import { limits } from "./limits.ts";
import { prepareCommand, prepareFence, type PreparedCommand, type PreparedCommit } from "./prepare.ts";

/** What was decided about a command that changes nothing. */
export type Answer = {
  readonly command: { readonly id: string; readonly outcome: Json };
  /** As in a `Commit`: once somebody has raised it again, the answer is refused. */
  readonly fence?: Fence | undefined;
};

/** What is recorded for the command of an answer now; refused where nothing is, and the fence is lost. */
export type AnswerResult = { readonly ok: true; readonly recorded: RecordedOutcome } | { readonly ok: false; readonly error: FencedError };

/**
 * Answers to commands that changed nothing, recorded so that no copy of the command takes effect any more: any commit of it, also one that is
 * still on its way, is refused with `CommandAlreadyRecordedError`.
 */
export interface Answers {
  /**
   * Records each answer under the id of its command, at position 0, unless something is recorded there: a commit, or an answer, also an earlier
   * one of the same call. Gives what is recorded from then on, in the order asked: at a position above 0 the command took effect. At most 512
   * answers, in one durable transaction where they fit. The same call may be made again: it finds what it has recorded.
   * Rejects as a whole, with nothing recorded, for: `limit_exceeded`, `invalid_request`, `unavailable`, `closed`; with an open outcome: `outcome_unknown`.
   */
  record(answers: readonly Answer[]): Promise<readonly AnswerResult[]>;
}

/** Records answers as commits that write nothing, which a store makes as it makes others. Throws what `prepareAppend` throws. */
export async function recordAnswers(
  answers: readonly Answer[],
  commitAll: (commits: readonly PreparedCommit[]) => readonly CommitResult[] | Promise<readonly CommitResult[]>,
): Promise<readonly AnswerResult[]> {
  if (answers.length > limits.eventsPerAppend) throw new LimitExceededError("answers in one call", limits.eventsPerAppend, answers.length);
  const commands = answers.map(({ command }) => prepareCommand(command));
  const results = await commitAll(
    answers.map(({ fence }, index) => ({ writes: [], asserts: [], command: commands[index], ...prepareFence(fence) })),
  );
  return commands.map((command, index) => answerResult(command, results[index]));
}

function answerResult({ id, outcome }: PreparedCommand, result: CommitResult | undefined): AnswerResult {
  if (result?.ok) return { ok: true, recorded: { outcome: JSON.parse(outcome) as Json, position: result.position } };
  const error = result?.error;
  if (error instanceof CommandAlreadyRecordedError) return { ok: true, recorded: { outcome: error.outcome, position: error.position } };
  if (error instanceof FencedError) return { ok: false, error };
  // It expects nothing of any stream.
  throw error ?? new Error(`the answer of ${id} has no result`);
}
