import { decodeEvent, positionOf } from "@aethyr/event-store";
import { AethyrError, createInstance, refOf, replay, type Json, type RecordedEvent } from "@aethyr/kernel";
import { loadDomain } from "@aethyr/process";
import type { CheckedEvidence } from "@aethyr/proof";
import { CliError } from "../errors.ts";

/** What proven events come to under the chart of their aggregate. */
export type Replayed = {
  readonly events: readonly RecordedEvent[];
  /** The active states of the chart; undefined where nobody here knows the aggregate's type. */
  readonly states: Json | undefined;
};

/** Replays proven events through the chart of their type. Rejects with `evidence_refused` for a history that the chart does not allow. */
export async function replayEvidence({ aggregate, events: proven }: CheckedEvidence, modules: readonly string[]): Promise<Replayed> {
  const events = proven.map(({ value, tx, index }) => decodeEvent(value, positionOf(tx, index)));
  const ref = refOf(aggregate);
  const kind = (await loadDomain(modules)).aggregates.get(ref.type);
  if (kind === undefined) return { events, states: undefined };
  const instance = createInstance(kind, ref);
  try {
    for (const event of events) replay(instance, event);
  } catch (error) {
    if (!(error instanceof AethyrError)) throw error;
    throw new CliError(
      "evidence_refused",
      `the events of ${aggregate} are proven, but its chart does not allow them: ${error.message}`,
      { aggregate },
      { cause: error },
    );
  }
  return { events, states: (instance.actor.getSnapshot() as { value: Json }).value };
}

export const statesText = (states: Json | undefined): string =>
  states === undefined ? "(not known here)" : typeof states === "string" ? states : JSON.stringify(states);
