import type { CheckedEvidence } from "@aethyr/proof";
import type { Notes } from "../output/notes.ts";
import type { Row } from "../output/rows.ts";
import { statesText, type Replayed } from "./replay-evidence.ts";

/** What a bundle proves, for a person. */
export function evidenceRows({ aggregate, events, state, trust }: CheckedEvidence, { events: read, states }: Replayed): readonly Row[] {
  const [first, last] = [read[0], read.at(-1)];
  const { signature, checkpoints } = trust;
  const isTrusted = signature || checkpoints.length > 0;
  return [
    [
      isTrusted ? "proved" : "agrees",
      `versions 1–${events.length} of ${aggregate} ${isTrusted ? "are what was written" : "fit each other, and nothing that you trust"}`,
    ],
    ["aggregate", aggregate],
    ["versions", `1–${events.length}, without a gap`],
    ["first", first === undefined ? "" : `${first.type}, ${first.time}, by ${first.meta.actor ?? "(nobody named)"}`],
    ["last", last === undefined ? "" : `${last.type}, ${last.time}, by ${last.meta.actor ?? "(nobody named)"}`],
    ["its state now", statesText(states)],
    ["log", `${state.database}, transaction ${state.tx}`],
    ["signature", signature ? "by the pinned key" : "(not looked at: no key is pinned)"],
    ...(checkpoints.length === 0 ? [["checkpoint", "(none was given)"] satisfies Row] : checkpoints.map(checkpointRow)),
  ];
}

const checkpointRow = ({ tx, events }: CheckedEvidence["trust"]["checkpoints"][number]): Row => [
  "checkpoint",
  `at transaction ${tx}, with ${events} of the events before it`,
];

/** Says so where the events were proven, and nobody looked whether the aggregate's chart allows them. */
export function chartNote(notes: Pick<Notes, "warn">, { states }: Replayed): void {
  if (states !== undefined) return;
  notes.warn("that its chart allows these events was not looked at: nobody here knows this type; name its module with --modules");
}

/** Says so where nothing was there that could be trusted. */
export function trustNote(notes: Pick<Notes, "note">, { trust }: CheckedEvidence, why: string): void {
  if (trust.signature || trust.checkpoints.length > 0) return;
  notes.note(`${why}: this says that the events agree with each other, not that the log is the one that was written`);
}
