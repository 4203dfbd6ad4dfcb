import type { CheckedEvidence } from "@aethyr/proof";
import type { Notes } from "../output/notes.ts";
import type { Row } from "../output/printer.ts";
import { statesText, type Replayed } from "./replay-evidence.ts";

/** What a bundle proves, for a person. */
export function evidenceRows({ aggregate, events, state, trust }: CheckedEvidence, { events: read, states }: Replayed): readonly Row[] {
  const [first, last] = [read[0], read.at(-1)];
  return [
    ["aggregate", aggregate],
    ["versions", `1–${events.length}, without a gap`],
    ["first", first === undefined ? "" : `${first.type}, ${first.time}, by ${first.meta.actor ?? "(nobody named)"}`],
    ["last", last === undefined ? "" : `${last.type}, ${last.time}, by ${last.meta.actor ?? "(nobody named)"}`],
    ["its chart", statesText(states)],
    ["log", `${state.database}, transaction ${state.tx}`],
    ["signature", trust.signature ? "by the pinned key" : "(no key is pinned)"],
    [
      "checkpoint",
      trust.checkpoint === undefined
        ? "(none)"
        : `at transaction ${trust.checkpoint.tx}, with ${trust.checkpoint.events} of the events before it`,
    ],
  ];
}

/** Says so where nothing was there that could be trusted. */
export function trustNote(notes: Pick<Notes, "note">, { trust }: CheckedEvidence, why: string): void {
  if (trust.signature || trust.checkpoint !== undefined) return;
  notes.note(`${why}: this says that the events agree with each other, not that the log is the one that was written`);
}
