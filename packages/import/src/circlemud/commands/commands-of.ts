import { createCommandMaker, type Phase } from "../../commands/import-command.ts";
import { placementPhases } from "../../commands/placement.ts";
import type { World } from "../read-world.ts";
import type { ResetPlan } from "../reset-plan.ts";
import type { Context } from "./context.ts";
import { type DoorStateOf, exitCommands } from "./exits.ts";
import { createIds } from "./ids.ts";
import { placementOf } from "./instances.ts";
import { mobCommand, nameOf, objectCommand } from "./prototypes.ts";
import { roomCommand } from "./rooms.ts";
import { shopCommand } from "./shops.ts";
import { zoneCommand } from "./zones.ts";

export type CommandsOptions = {
  /**
   * Begins every id, so that two worlds can live side by side: `circle` unless told. 1–32 characters of A–Z a–z 0–9 . _ -, not starting
   * with a dot.
   */
  readonly prefix?: string;
};

/**
 * A world and its resets as commands, phase by phase. Pure: the same records give the same commands under the same ids.
 *
 * Rooms, exits, zones, prototypes of mobs and objects, shops as data, then the instances of the plan, and what they wear.
 * Throws `RangeError` for a prefix that cannot begin an id.
 */
export function commandsOf(world: World, plan: ResetPlan, { prefix = "circle" }: CommandsOptions = {}): readonly Phase[] {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,31}$/.test(prefix)) {
    throw new RangeError(
      `${JSON.stringify(prefix)} cannot begin an id: choose 1–32 characters of A–Z a–z 0–9 . _ -, not starting with a dot`,
    );
  }
  const context: Context = { ids: createIds(prefix), make: createCommandMaker(prefix) };
  const stateOf = doorStatesOf(plan);
  const names = namesOf(world);
  return [
    { name: "rooms", commands: world.rooms.map((room) => roomCommand(context, room, world.zones)) },
    { name: "exits", commands: world.rooms.flatMap((room) => exitCommands(context, room, stateOf)) },
    { name: "zones", commands: world.zones.map((zone) => zoneCommand(context, zone)) },
    { name: "mobile prototypes", commands: world.mobs.map((mob) => mobCommand(context, mob)) },
    { name: "object prototypes", commands: world.objects.map((object) => objectCommand(context, object)) },
    {
      name: "shops",
      commands: world.shops.map((shop) =>
        shopCommand(context, shop, shop.keeperVnum === null ? undefined : names.get(`mob ${shop.keeperVnum}`)),
      ),
    },
    ...placementPhases(
      context.make,
      plan.instances.map((instance) => {
        const name = names.get(`${instance.kind} ${instance.vnum}`);
        return placementOf(context.ids, instance, name ?? `#${instance.vnum}`);
      }),
    ),
  ];
}

function doorStatesOf({ doors }: ResetPlan): DoorStateOf {
  const states = new Map(doors.map(({ room, direction, state }) => [`${room} ${direction}`, state]));
  return (room, direction) => states.get(`${room} ${direction}`) ?? "open";
}

function namesOf({ mobs, objects }: World): ReadonlyMap<string, string> {
  return new Map([
    ...mobs.map((mob) => [`mob ${mob.vnum}`, nameOf(mob)] as const),
    ...objects.map((object) => [`object ${object.vnum}`, nameOf(object)] as const),
  ]);
}
