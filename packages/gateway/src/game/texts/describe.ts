import type { Sight, Person } from "../sight.ts";
import type { SeenPlayer, SeenRoom, SeenThing } from "../view/seen.ts";
import { directions } from "./directions.ts";
import { capital, listed } from "./english.ts";
import { slotPhrases } from "./slots.ts";
import type { Line } from "./text.ts";

/** A place as one sees it on coming in: its name, what it is like, the ways out, what and who is there. */
export function describePlace(sight: Sight): readonly Line[] {
  const room = sight.here();
  if (room === undefined) return [placeName("Nowhere"), "", "There is nothing around you, and no way out of it."];
  const things = repeated(sight.things().map((thing) => thingLine(sight, thing)));
  const people = sight.people().map((person) => personLine(sight, person));
  const exits = { text: exitsLine(room), style: "exits" } as const;
  return [placeName(room.name), ...(room.description === "" ? [] : [room.description]), "", exits, ...things, ...people];
}

const placeName = (text: string): Line => ({ text, style: "place" });

function exitsLine(room: SeenRoom): string {
  const ways = directions.flatMap((direction) => {
    const exit = room.exits[direction];
    if (exit === undefined || exit.targetRoomId === null) return [];
    return [exit.door === undefined || exit.door.state === "open" ? direction : `${direction} (${exit.door.state})`];
  });
  return ways.length === 0 ? "There is no way out." : `Exits: ${ways.join(", ")}`;
}

const thingLine = (sight: Sight, thing: SeenThing): string => sight.view.traits(thing).line ?? `${capital(thing.name)} is here.`;

function personLine(sight: Sight, { player, presence }: Person): string {
  return `${player.name} ${postureOf(sight, player)}.${presence.linkDead ? " (Staring into the distance.)" : ""}`;
}

/** What somebody does: `is here`, `is sitting on a bench`, or as they pose. */
export function postureOf(sight: Sight, { sitting, pose, containerId }: SeenPlayer): string {
  if (pose !== "") return pose;
  if (sitting === null) return "is here";
  const seat = sitting.seatId === null ? undefined : sight.view.thing(sitting.seatId);
  return seat !== undefined && seat.containerId === containerId ? `is sitting on ${seat.name}` : "is sitting here";
}

/** Names of things, with how many of a kind there are. */
export const nameList = (things: readonly SeenThing[]): readonly string[] => repeated(things.map(({ name }) => name));

function repeated(lines: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count})`));
}

/** What is in something, as a sentence. */
export function describeInside(sight: Sight, thing: SeenThing): string {
  const { container } = sight.view.traits(thing);
  if (container === null) return `There is nothing to look into about ${thing.name}.`;
  if (container === "closed") return `${capital(thing.name)} is closed.`;
  const names = nameList(sight.view.thingsIn(thing.path));
  return names.length === 0 ? `${capital(thing.name)} is empty.` : `In ${thing.name}: ${listed(names)}.`;
}

/** What somebody wears, a line for each slot. */
export function wornLines(sight: Sight, path: string): readonly string[] {
  return sight.view.wornBy(path).map(({ slot, thing }) => `  ${thing.name}, ${slotPhrases[slot]}`);
}

/** A thing, or a creature, as one sees it who looks at it. */
export function describeThing(sight: Sight, thing: SeenThing): string {
  const { description, details, creature } = sight.view.traits(thing);
  const text = description ?? details[0]?.text ?? `You see nothing special about ${thing.name}.`;
  const worn = creature ? wornLines(sight, thing.path) : [];
  return [text, ...(worn.length === 0 ? [] : [`${capital(thing.name)} uses:`, ...worn])].join("\n");
}

export function describePerson(sight: Sight, player: SeenPlayer): string {
  const worn = wornLines(sight, player.path);
  const who =
    player.id === sight.me().id
      ? `You see yourself: ${player.name} ${postureOf(sight, player)}.`
      : `${player.name} ${postureOf(sight, player)}.`;
  return [who, ...(worn.length === 0 ? [] : [`${player.name} uses:`, ...worn])].join("\n");
}
