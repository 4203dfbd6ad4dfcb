import { ref } from "@aethyr/kernel";
import { gameObject } from "@aethyr/world";
import type { ImportCommand } from "../../commands/import-command.ts";
import type { Reset } from "../resets.ts";
import type { Zone } from "../zones.ts";
import type { Context } from "./context.ts";

/**
 * A zone as a game object that is nowhere. Its resets are kept in one line each, `E 1 3020 100 wield`: the letter, the if-flag and the
 * numbers in the order of the file, with slots, directions and door states by name. As objects the longest list of the stock world would
 * be larger than attributes may be.
 */
export function zoneCommand({ ids, make }: Context, zone: Zone): ImportCommand {
  const { source, name, resets, ...others } = zone;
  const data = { name: name || `zone ${zone.vnum}`, generic: "zone", attributes: { ...others, resets: resets.map(resetLine) } };
  return make("CreateGameObject", ref(gameObject.type, ids.zone(zone.vnum)), data, source);
}

function resetLine(reset: Reset): string {
  return [reset.command, reset.ifFlag ? 1 : 0, ...argumentsOf(reset)].join(" ");
}

function argumentsOf(reset: Reset): readonly (string | number)[] {
  switch (reset.command) {
    case "M":
      return [reset.mob, reset.max, reset.room];
    case "O":
      return [reset.object, reset.max, reset.room];
    case "G":
      return [reset.object, reset.max];
    case "E":
      return [reset.object, reset.max, reset.slot];
    case "P":
      return [reset.object, reset.max, reset.container];
    case "D":
      return [reset.room, reset.direction, reset.state];
    case "R":
      return [reset.room, reset.object];
    default:
      return reset satisfies never;
  }
}
