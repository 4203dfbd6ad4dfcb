import { pathOf, refOf, RefPath, type Ref } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";

/** One step of the way from a thing outwards: who or what holds it, and in which slot, if it is worn. */
export type Place = { readonly ref: string; readonly name: string; readonly slot?: string; readonly isBearer: boolean };

type Located = { readonly ref: Ref; readonly context: unknown };

/** A thing in a bag in a chest … in a hand in a room: deeper than the world allows, so that its end is always seen. */
const mostSteps = 33;

/** Where something is, or was at a time, from its holder up to the room; empty for what is nowhere, or is nothing that can be somewhere. */
export async function findPlace(
  { showAggregate }: Pick<Operations, "showAggregate">,
  thing: Located,
  atTime?: string,
): Promise<readonly Place[]> {
  const places: Place[] = [];
  // What is read step by step may change in between: whoever is met twice ends the way.
  const met = new Set([pathOf(thing.ref)]);
  let inner = thing;
  for (let outer = containerOf(inner); outer !== undefined && places.length < mostSteps; outer = containerOf(inner)) {
    if (met.has(pathOf(outer))) break;
    met.add(pathOf(outer));
    const holder: Located = (await showAggregate(outer, atTime)) ?? { ref: outer, context: {} };
    const slot = slotOf(holder, inner.ref);
    places.push({
      ref: pathOf(outer),
      name: text(fields(holder)["name"]),
      ...(slot === undefined ? {} : { slot }),
      isBearer: outer.type === "player" || fields(holder)["generic"] === "mobile",
    });
    inner = holder;
  }
  return places;
}

/** `wield by Uriel (game-object/uriel), in The Temple Square (room/square)`. */
export const placeText = (places: readonly Place[]): string =>
  places
    .map(({ ref, name, slot, isBearer }) => {
      const how = slot === undefined ? (isBearer ? "carried by" : "in") : `worn as ${slot} by`;
      return `${how} ${name === "" ? ref : `${name} (${ref})`}`;
    })
    .join(", ");

/** What a context says that it is in. */
export function containerOf(located: Pick<Located, "context">): Ref | undefined {
  const path = RefPath.safeParse(fields(located)["containerId"]);
  return path.success ? refOf(path.data) : undefined;
}

function slotOf(holder: Located, { type, id }: Ref): string | undefined {
  const { equipment } = fields(holder);
  // Only game objects are worn; of another type something may have the same id.
  if (type !== "game-object" || typeof equipment !== "object" || equipment === null) return undefined;
  return Object.entries(equipment).find(([, itemId]) => itemId === id)?.[0];
}

function fields({ context }: Pick<Located, "context">): Readonly<Record<string, unknown>> {
  return typeof context === "object" && context !== null ? (context as Readonly<Record<string, unknown>>) : {};
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
