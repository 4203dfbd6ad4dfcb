import type { Phase } from "../commands/import-command.ts";
import { refusal, unanswered } from "./problems.ts";
import type { ImportProblem, ImportResult, PhaseCounts } from "./result.ts";
import type { Answered, Sent } from "./send-batch.ts";

const maxProblems = 1_000;

/** Counts what became of the commands. */
export type Tally = {
  readonly begin: (phase: Phase) => void;
  /** Takes a batch of the phase begun last. `gaveUp`: what is still open there stays open in this run. */
  readonly add: (sent: Sent, gaveUp: boolean) => void;
  /** Answered commands of the phase begun last. */
  readonly done: () => number;
  readonly result: (ended: ImportResult["ended"]) => ImportResult;
};

export function createTally(head: number): Tally {
  const finished: PhaseCounts[] = [];
  const problems: ImportProblem[] = [];
  let moreProblems = 0;
  let counts: { -readonly [K in keyof PhaseCounts]: PhaseCounts[K] } | undefined;

  const report = (problem: ImportProblem): void => {
    if (problems.length < maxProblems) problems.push(problem);
    else moreProblems += 1;
  };
  const outcomeOf = ({ reply, ...sent }: Answered): "accepted" | "alreadyThere" | "refused" => {
    if (reply.code !== "accepted") {
      report(refusal(sent, reply));
      return "refused";
    }
    // A repeat gets the reply that the command got when it took effect: its position in the log tells when that was.
    return reply.position > head ? "accepted" : "alreadyThere";
  };

  return {
    begin: ({ name, commands }) => {
      if (counts !== undefined) finished.push(counts);
      counts = { name, total: commands.length, accepted: 0, alreadyThere: 0, refused: 0 };
    },
    add: ({ answered, open, lastHeard }, gaveUp) => {
      if (counts === undefined) return;
      for (const each of answered) counts[outcomeOf(each)] += 1;
      if (gaveUp) for (const each of open) report(unanswered(each, lastHeard));
    },
    done: () => (counts === undefined ? 0 : counts.accepted + counts.alreadyThere + counts.refused),
    result: (ended) => ({ ended, phases: counts === undefined ? finished : [...finished, counts], problems, moreProblems }),
  };
}
