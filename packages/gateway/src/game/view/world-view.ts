import type { RecordedEvent } from "@aethyr/kernel";
import { prototypeIdOf, Slot, traitsOf, type Traits } from "@aethyr/world";
import { createContents } from "./contents.ts";
import { fold, type Holdings } from "./fold.ts";
import type { SeenPlayer, SeenRoom, SeenThing, Worn } from "./seen.ts";
import { createWaiting } from "./waiting.ts";

/** The world in memory, as the fold of its log up to a position. Every answer is a lookup: nothing is asked, nothing waits. */
export type WorldView = {
  room(id: string): SeenRoom | undefined;
  thing(id: string): SeenThing | undefined;
  player(id: string): SeenPlayer | undefined;
  /** The room that a place is, if it is one that exists. */
  roomAt(path: string | null): SeenRoom | undefined;
  /** The oldest room that exists. */
  firstRoom(): SeenRoom | undefined;
  /** Whether there is, or ever was, a player of that id. */
  isTaken(playerId: string): boolean;
  /** What is in a place and not worn there, in the order in which it came. */
  thingsIn(path: string): readonly SeenThing[];
  /** What a player or a creature wears, in the order of the slots. */
  wornBy(path: string): readonly Worn[];
  playersIn(path: string): readonly SeenPlayer[];
  traits(thing: SeenThing): Traits;
  counts(): { readonly rooms: number; readonly things: number; readonly players: number };
  /** Of the last event in this view; 0 before the first. */
  position(): number;
  /** Resolves when the view has reached a position; rejects with the signal's reason. */
  until(position: number, signal: AbortSignal): Promise<void>;
};

/**
 * A view, and the one who brings it forward: `apply` takes every event of the log once, in order; those it has already, it passes over.
 * `passOver` takes the place of an event that nobody can read: the view is then as far, and otherwise as it was.
 */
export function createWorldView(): { readonly view: WorldView; apply(event: RecordedEvent): void; passOver(position: number): void } {
  const rooms = new Map<string, SeenRoom>();
  const things = new Map<string, SeenThing>();
  const players = new Map<string, SeenPlayer>();
  const gonePlayers = new Set<string>();
  const thingsIn = createContents();
  const playersIn = createContents();
  const worn = new Map<string, Map<Slot, string>>();
  const waiting = createWaiting();
  const holdings: Holdings = { rooms, things, players, gonePlayers, thingsIn, playersIn, worn };

  const view: WorldView = {
    room: (id) => rooms.get(id),
    thing: (id) => things.get(id),
    player: (id) => players.get(id),
    roomAt: (path) => (path?.startsWith("room/") ? rooms.get(path.slice(5)) : undefined),
    firstRoom: () => rooms.values().next().value,
    isTaken: (id) => players.has(id) || gonePlayers.has(id),
    thingsIn(path) {
      const slots = worn.get(path);
      const wornIds = slots === undefined ? undefined : new Set(slots.values());
      return thingsIn.of(path).flatMap((id) => (wornIds?.has(id) === true ? [] : (things.get(id) ?? [])));
    },
    wornBy(path) {
      const slots = worn.get(path);
      if (slots === undefined) return [];
      return Slot.options.flatMap((slot) => {
        const thing = things.get(slots.get(slot) ?? "");
        return thing === undefined ? [] : [{ slot, thing }];
      });
    },
    playersIn: (path) => playersIn.of(path).flatMap((id) => players.get(id) ?? []),
    traits: (thing) => traitsOf(thing, things.get(prototypeIdOf(thing.attributes) ?? "")),
    counts: () => ({ rooms: rooms.size, things: things.size, players: players.size }),
    position: waiting.reached,
    until: waiting.until,
  };

  return {
    view,
    apply(event) {
      if (event.position <= waiting.reached()) return;
      try {
        fold(holdings, event);
      } finally {
        // Whoever waits for a position does not wait for an event that cannot be taken.
        waiting.reach(event.position);
      }
    },
    passOver(position) {
      if (position > waiting.reached()) waiting.reach(position);
    },
  };
}
