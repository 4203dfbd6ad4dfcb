import type { EventStore } from "@aethyr/event-store";
import { pathOf, type Domain, type Ref } from "@aethyr/kernel";
import { hydrate, type Log } from "@aethyr/runtime";
import { InvalidQuestionError } from "../errors.ts";
import type { AggregateState } from "./aggregate-state.ts";
import { stateOfInstance } from "./aggregate-state.ts";
import { firstVersionAfter, placed } from "./positions.ts";

type Parts = { readonly store: EventStore; readonly domain: Domain; readonly log: Log };

/** Streams that are read beside each other. */
const atOnce = 8;

/**
 * Every aggregate that exists, by path, all of them as they were when the log was at one position, however it grows meanwhile. Rejects with
 * `invalid_request` where the log has aggregates of a type that nobody here knows.
 */
export async function* allAggregates({ store, domain, log }: Parts, signal: AbortSignal): AsyncGenerator<AggregateState, void> {
  const head = await store.head();
  const unknown = Object.keys((await store.statistics()).aggregate_types).filter((type) => !domain.aggregates.has(type));
  if (unknown.length > 0) {
    throw new InvalidQuestionError(`this world knows no aggregate type ${unknown.join(", ")}: name the module that it comes from`);
  }

  async function stateAtHead(ref: Ref, newest: number): Promise<AggregateState | undefined> {
    const [last] = await store.readStream(ref, { from: newest, to: newest, limit: 1 });
    const isOld = last !== undefined && placed(last) <= head;
    const version = isOld ? newest : (await firstVersionAfter(store, ref, head)) - 1;
    const kind = domain.aggregates.get(ref.type);
    if (version === 0 || kind === undefined) return undefined;
    const { instance } = await hydrate(store, kind, ref, log, version);
    const state = await stateOfInstance(store, instance);
    return state.status === "ended" ? undefined : state;
  }

  for (let after = ""; ;) {
    const names = await store.listStreams({ after });
    for (let from = 0; from < names.length; from += atOnce) {
      signal.throwIfAborted();
      const refs = names.slice(from, from + atOnce);
      const heads = await store.heads(refs);
      const states = await Promise.all(refs.map(async (ref, index) => stateAtHead(ref, heads[index]!.version)));
      for (const state of states) if (state !== undefined) yield state;
    }
    const newest = names.at(-1);
    if (newest === undefined) return;
    after = pathOf(newest);
  }
}
