import { createDoorStates } from "./door-states.ts";
import { createInstanceLedger, type Placed } from "./instance-ledger.ts";
import type { Mob } from "./mobs.ts";
import type { WearSlot } from "./names.ts";
import type { WorldObject } from "./objects.ts";
import type { World } from "./read-world.ts";
import type { InstancePlace, ResetPlan } from "./reset-plan.ts";
import type { Reset } from "./resets.ts";
import { WorldFileError, type WorldFileErrorCode } from "./world-file-error.ts";
import type { Zone } from "./zones.ts";

/** How far from zero an alignment must be for the game to call it good or evil. */
const alignmentThreshold = 350;

/**
 * Runs the resets of all zones once, as the game does when it starts with an empty world: zones in the order of their
 * index, commands in the order of their file. Pure: the same world gives the same plan.
 *
 * A command fails, and so holds back those that hang on it, when its prototype has reached `max` in the whole world,
 * when it names something unknown, or when there is no mob or container to take the item. Two things differ from the
 * game, which loses such an item: one for a slot that is taken is carried, and one without a container is not made.
 */
export function planResets(world: World): ResetPlan {
  const rooms = new Set(world.rooms.map(({ vnum }) => vnum));
  const mobs = new Map(world.mobs.map((mob) => [mob.vnum, mob]));
  const objects = new Map(world.objects.map((object) => [object.vnum, object]));
  const ledger = createInstanceLedger();
  const doors = createDoorStates(world.rooms);
  const worn = new Set<string>();
  const complaints: WorldFileError[] = [];

  const complain = (code: WorldFileErrorCode, { source }: Reset, expected: string, found: string): void => {
    complaints.push(new WorldFileError({ code, source, expected, found }));
  };
  const mayCreateObject = ({ object, max }: { object: number; max: number }): boolean =>
    objects.has(object) && ledger.count("object", object) < max;

  /** Makes an item that goes where `place` says, in the room of its holder. */
  const createItem = (reset: Extract<Reset, { object: number }>, room: number, place: InstancePlace): void => {
    ledger.create({ kind: "object", vnum: reset.object, room, place, source: reset.source });
  };

  const placeOnMob = (reset: Extract<Reset, { command: "E" }>, holder: Placed): InstancePlace => {
    const { key, vnum } = holder.instance;
    const carried: InstancePlace = { in: "instance", key, as: "carried" };
    const slotName = `${key} ${reset.slot}`;
    if (worn.has(slotName)) {
      complain("slot_taken", reset, `a free slot ${reset.slot} on mob ${vnum}`, `object ${reset.object} for a taken one`);
      return carried;
    }
    const refusal = refusedAlignment(mobs.get(vnum), objects.get(reset.object));
    if (refusal !== undefined) {
      complain("alignment_refused", reset, `an object that mob ${vnum} can wear`, `object ${reset.object}, ${refusal}`);
      return carried;
    }
    worn.add(slotName);
    return { in: "instance", key, as: "worn", slot: reset.slot satisfies WearSlot };
  };

  const runZone = (zone: Zone): void => {
    let succeeded = false;
    let lastMob: Placed | undefined;

    /** The last mob, complained of where there is none. */
    const mobFor = (reset: Reset): Placed | undefined => {
      if (lastMob === undefined) complain("no_mob", reset, "a mob loaded by this zone before", "none yet");
      return lastMob;
    };

    const run = (reset: Reset): boolean => {
      switch (reset.command) {
        case "M": {
          const { mob: vnum, max, room, source } = reset;
          if (!mobs.has(vnum) || !rooms.has(room) || ledger.count("mob", vnum) >= max) return false;
          lastMob = ledger.create({
            kind: "mob",
            vnum,
            room,
            place: { in: "room", vnum: room },
            source,
          });
          return true;
        }
        case "O":
          if (!rooms.has(reset.room) || !mayCreateObject(reset)) return false;
          createItem(reset, reset.room, { in: "room", vnum: reset.room });
          return true;
        case "G":
        case "E": {
          if (!objects.has(reset.object)) return false;
          const holder = mobFor(reset);
          if (holder === undefined || !mayCreateObject(reset)) return false;
          createItem(
            reset,
            holder.room,
            reset.command === "G" ? { in: "instance", key: holder.instance.key, as: "carried" } : placeOnMob(reset, holder),
          );
          return true;
        }
        case "P": {
          if (!objects.has(reset.container) || !mayCreateObject(reset)) return false;
          const container = ledger.newestObject(reset.container);
          if (container === undefined) {
            complain("no_container", reset, `an instance of object ${reset.container} to put into`, "none yet");
            return false;
          }
          createItem(reset, container.room, {
            in: "instance",
            key: container.instance.key,
            as: "contained",
          });
          return true;
        }
        case "R": {
          const { room, object } = reset;
          if (!rooms.has(room) || !objects.has(object)) return false;
          const found = ledger.newestObject(object, ({ instance: { place } }) => place.in === "room" && place.vnum === room);
          if (found !== undefined) ledger.remove(found);
          return true;
        }
        case "D":
          if (!rooms.has(reset.room)) return false;
          doors.set(reset);
          return true;
        default:
          return reset satisfies never;
      }
    };

    for (const reset of zone.resets) {
      if (reset.ifFlag && !succeeded) continue;
      succeeded = run(reset);
    }
  };

  for (const zone of world.zones) runZone(zone);
  return { instances: ledger.all(), doors: doors.all(), complaints };
}

function refusedAlignment(mob: Mob | undefined, object: WorldObject | undefined): string | undefined {
  if (mob === undefined || object === undefined) return undefined;
  const { alignment } = mob;
  const kind = alignment >= alignmentThreshold ? "good" : alignment <= -alignmentThreshold ? "evil" : "neutral";
  return object.extraFlags.includes(`anti-${kind}`) ? `which is anti-${kind}` : undefined;
}
