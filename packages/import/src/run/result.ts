import type { ReplyCode } from "@aethyr/protocol";
import type { Source } from "../circlemud/world-file-error.ts";

/** How the commands of one phase ended. What is missing from `total` was not sent, or is not known to have been answered. */
export type PhaseCounts = {
  readonly name: string;
  readonly total: number;
  /** Took effect in this run. */
  readonly accepted: number;
  /** Had taken effect before this run, or found nothing left to do. */
  readonly alreadyThere: number;
  /** Changed nothing; each is a problem. */
  readonly refused: number;
};

export type ImportProblem = {
  /**
   * - `changed`: something with this id exists already and came from another command: the record was changed since it was imported, or
   *   somebody made it otherwise. The import leaves it as it is.
   * - `refused`: the world does not take the command.
   * - `unanswered`: no final reply before the deadline; the command may have taken effect or not. Run the import again.
   */
  readonly kind: "changed" | "refused" | "unanswered";
  readonly source: Source;
  readonly commandId: string;
  /** The final reply's code; undefined if there was none. */
  readonly code: ReplyCode | undefined;
  /** For `rejected`: the rule's own word. */
  readonly reason: string | undefined;
  /** `file:line: command target: what is wrong`. */
  readonly message: string;
};

export type ImportResult = {
  /**
   * - `complete`: every command was answered; some may have been refused.
   * - `aborted`: the signal ended it. Run it again to go on.
   * - `gave_up`: the world gave no final answers until the deadline, or does not let this sender in. See to that and run it again.
   */
  readonly ended: "complete" | "aborted" | "gave_up";
  readonly phases: readonly PhaseCounts[];
  /** The first 1,000. */
  readonly problems: readonly ImportProblem[];
  /** How many problems there were beyond those. */
  readonly moreProblems: number;
};
