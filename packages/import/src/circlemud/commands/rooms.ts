import { ref } from "@aethyr/kernel";
import { room as roomAggregate } from "@aethyr/world";
import type { ImportCommand } from "../../commands/import-command.ts";
import type { Room } from "../rooms.ts";
import type { Zone } from "../zones.ts";
import type { Context } from "./context.ts";
import { plainExtraDescriptions } from "./plain-extra-descriptions.ts";

/** One `CreateRoom`, without the exits. `zone` is the id of the zone in whose range the room's number lies, as the game takes it. */
export function roomCommand({ ids, make }: Context, room: Room, zones: readonly Zone[]): ImportCommand {
  const { vnum, name, description, sector, flags, extraDescriptions, source } = room;
  const zone = zones.find(({ bottom, top }) => bottom <= vnum && vnum <= top);
  const attributes = {
    vnum,
    ...(zone === undefined ? {} : { zone: ids.zone(zone.vnum) }),
    sector,
    flags,
    extraDescriptions: plainExtraDescriptions(extraDescriptions),
  };
  return make("CreateRoom", ref(roomAggregate.type, ids.room(vnum)), { name: name || `#${vnum}`, description, attributes }, source);
}
