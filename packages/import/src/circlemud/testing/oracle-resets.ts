import { directions, doorStates, wearSlots } from "../names.ts";
import type { Reset } from "../resets.ts";
import type { Zone } from "../zones.ts";
import type { Json } from "./oracle-shape.ts";

/** All resets of a zone as sorted lines, without the order and the if-flags, which the oracle has not. */
export function flatResets(zone: Zone): readonly string[] {
  const line = (reset: Reset): string => {
    switch (reset.command) {
      case "M":
        return `M ${reset.mob} ${reset.max} ${reset.room}`;
      case "O":
        return `O ${reset.object} ${reset.max} ${reset.room}`;
      case "G":
        return `G ${reset.object} ${reset.max}`;
      case "E":
        return `E ${reset.object} ${reset.max} ${wearSlots.indexOf(reset.slot)}`;
      case "P":
        return `P ${reset.object} ${reset.max} ${reset.container}`;
      case "D":
        return `D ${reset.room} ${directions.indexOf(reset.direction)} ${doorStates.indexOf(reset.state)}`;
      case "R":
        return `R ${reset.room} ${reset.object}`;
      default:
        return reset satisfies never;
    }
  };
  return zone.resets.map(line).toSorted();
}

/** The oracle hangs items on their mobs and contents on their containers; this takes them down again. */
export function flatOracleResets(zone: Json): readonly string[] {
  const list = (record: Json, name: string): readonly Json[] => record[name] as readonly Json[];
  const line = (record: Json, letter: string, ...names: readonly string[]): string =>
    [letter, ...names.map((name) => String(record[name]))].join(" ");
  const contents = (holder: Json): readonly string[] =>
    list(holder, "contents").map((item) => `${line(item, "P", "id", "max")} ${String(holder["id"])}`);
  return [
    ...list(zone, "mobs").flatMap((mob) => [
      line(mob, "M", "mob", "max", "room"),
      ...list(mob, "inventory").flatMap((item) => [line(item, "G", "id", "max"), ...contents(item)]),
      ...list(mob, "equipped").flatMap((item) => [line(item, "E", "id", "max", "location"), ...contents(item)]),
    ]),
    ...list(zone, "objects").flatMap((item) => [line(item, "O", "id", "max", "room"), ...contents(item)]),
    ...list(zone, "doors").map((door) => line(door, "D", "room", "exit", "state")),
    ...list(zone, "remove_objects").map((item) => line(item, "R", "room", "id")),
  ].toSorted();
}
