import { readLog, type EventStore } from "@aethyr/event-store";
import { pathOf } from "@aethyr/kernel";
import type { Accepted } from "@aethyr/protocol";
import { createHistoryCheck, type AcceptedCommand } from "./check-history.ts";

const idsPerQuestion = 1_000;
const shownFaults = 10;

/** History is not what the replies said. */
export class BadHistoryError extends Error {
  readonly code = "bad_history";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the history check found ${faults.length} faults, so there is no figure: ${faults.slice(0, shownFaults).join("; ")}`);
    this.faults = faults;
  }
}

/** What of a reply the check needs. */
export const acceptedCommand = ({ command, position, changed }: Accepted): AcceptedCommand => ({
  id: command,
  position,
  changed: changed.map(({ stream, version }) => ({ stream: pathOf(stream), version })),
});

/**
 * Reads the whole log, and the recorded outcome of every accepted command, and holds them against the replies. Returns a sentence on what was
 * checked; rejects with `BadHistoryError`.
 */
export async function checkStore(store: EventStore, accepted: readonly AcceptedCommand[]): Promise<string> {
  const check = createHistoryCheck(accepted);
  let events = 0;
  for await (const { id, stream, version, position, meta } of readLog(store)) {
    check.add({ id, stream: pathOf(stream), version, position, command: meta.command });
    events += 1;
  }
  const faults = [...check.finish(), ...(await unrecorded(store, accepted))];
  if (faults.length > 0) throw new BadHistoryError(faults);
  return `history checked: ${events} events of ${accepted.length} accepted commands, nothing lost, doubled or gapped`;
}

async function unrecorded(store: EventStore, accepted: readonly AcceptedCommand[]): Promise<readonly string[]> {
  const effective = accepted.filter(({ changed }) => changed.length > 0);
  const faults: string[] = [];
  for (let start = 0; start < effective.length; start += idsPerQuestion) {
    const these = effective.slice(start, start + idsPerQuestion);
    const outcomes = await store.outcomes(these.map(({ id }) => id));
    for (const [index, { id, position }] of these.entries()) {
      const recorded = outcomes[index]?.position;
      if (recorded !== position)
        faults.push(`${id} was accepted at position ${position}, its recorded outcome says ${recorded ?? "nothing"}`);
    }
  }
  return faults;
}
