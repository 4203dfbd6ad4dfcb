import { currentData, refOf, type AggregateKind, type Domain, Ref, type Json } from "@aethyr/kernel";
import { positionsPerTransaction, readStreamAll, type EventStore, type StoredEvent } from "@aethyr/event-store";
import { z } from "zod";
import { EventNote, withoutData } from "./event-note.ts";
import { firstVersionAfter, placed } from "./positions.ts";

type GameEvent = { readonly type: string; readonly data: Json };

/** Of the game: how events tell who has a thing. Data are in their current shape. */
export type CustodyReader = {
  /** Where a thing is after an event of its own: a `type/id`, null for nowhere, `gone` where it ends; undefined if the event does not say. */
  placeAfter(event: GameEvent): { readonly at: string | null } | "gone" | undefined;
  /** The slot in which a holder wears a thing after an event of the holder's, null for none; undefined if the event does not say. */
  slotAfter(event: GameEvent, thing: Ref): string | null | undefined;
};

const Period = z.object({ from: EventNote, to: EventNote.optional().describe("Missing: it is so still") });
/** From one event to another. */
export type Period = Readonly<z.infer<typeof Period>>;

const Holding = Period.extend({
  holder: Ref.nullable().describe("Null: it was nowhere"),
  worn: z.array(Period.extend({ slot: z.string() })).describe("When, and in which slot, the holder wore it meanwhile"),
});
/** A time in which one holder had a thing. */
export type Holding = Readonly<z.infer<typeof Holding>>;

export const Custody = z.object({
  ref: Ref,
  ended: z.boolean().describe("Whether the thing was deleted"),
  holdings: z.array(Holding),
});
export type Custody = Readonly<z.infer<typeof Custody>>;

type Parts = { readonly store: EventStore; readonly domain: Domain; readonly reader: CustodyReader };

const pageEvents = 500;

/**
 * Who had a thing from when to when, out of the log alone. The thing's own stream says where it is. Whether it is worn there says only its
 * holder's stream: of that, the part is read in which the thing was there, by position, which orders all events of the log. Undefined where
 * there is no such aggregate, or it is nothing that is ever anywhere.
 */
export async function custodyOf({ store, domain, reader }: Parts, ref: Ref): Promise<Custody | undefined> {
  const kind = domain.aggregates.get(ref.type);
  if (kind === undefined) return undefined;
  const places: { readonly holder: Ref | null; readonly from: EventNote; to: EventNote | undefined }[] = [];
  let ended = false;
  for await (const event of eventsFrom(store, ref, 1)) {
    const place = reader.placeAfter(current(kind, event));
    if (place === undefined) continue;
    const note = withoutData(event);
    const last = places.at(-1);
    if (last !== undefined) last.to = note;
    if (place === "gone") ended = true;
    else places.push({ holder: place.at === null ? null : refOf(place.at), from: note, to: undefined });
  }
  if (places.length === 0) return undefined;
  const holdings: Holding[] = [];
  for (const place of places) holdings.push({ ...place, worn: await wornIn({ store, domain, reader }, ref, place) });
  return { ref: { type: ref.type, id: ref.id }, ended, holdings };
}

async function wornIn(
  { store, domain, reader }: Parts,
  thing: Ref,
  { holder, from, to }: Period & { readonly holder: Ref | null },
): Promise<Holding["worn"]> {
  const kind = holder === null ? undefined : domain.aggregates.get(holder.type);
  if (holder === null || kind === undefined) return [];
  const worn: { readonly slot: string; readonly from: EventNote; to: EventNote | undefined }[] = [];
  const firstVersion = await firstVersionAfter(store, holder, placed(from) - positionsPerTransaction);
  for await (const event of eventsFrom(store, holder, firstVersion)) {
    if (to !== undefined && placed(event) >= placed(to) + positionsPerTransaction) break;
    if (!isWithin(event, from, to)) continue;
    const slot = reader.slotAfter(current(kind, event), thing);
    if (slot === undefined) continue;
    const note = withoutData(event);
    const last = worn.at(-1);
    if (last !== undefined) last.to ??= note;
    if (slot !== null) worn.push({ slot, from: note, to: undefined });
  }
  // Who no longer has a thing no longer wears it.
  return worn.map((period) => ({ ...period, to: period.to ?? to }));
}

/** Events of the commits that begin and end the period belong to it, whatever their order there. */
function isWithin(event: StoredEvent, from: EventNote, to: EventNote | undefined): boolean {
  const { command } = event.meta;
  if (command === from.meta.command || command === to?.meta.command) return true;
  return placed(event) > placed(from) && (to === undefined || placed(event) < placed(to));
}

const eventsFrom = (store: EventStore, ref: Ref, from: number) => readStreamAll(store, ref, { from, limit: pageEvents });

const current = (kind: AggregateKind, event: StoredEvent): GameEvent => ({ type: event.type, data: currentData(kind, event) });
