import type { Direction, DoorState, WearSlot } from "./names.ts";
import type { Source, WorldFileError } from "./world-file-error.ts";

/** Where an instance is: in a room, or with another instance, which comes earlier in the plan. */
export type InstancePlace =
  | { readonly in: "room"; readonly vnum: number }
  | { readonly in: "instance"; readonly key: string; readonly as: "carried" }
  | { readonly in: "instance"; readonly key: string; readonly as: "worn"; readonly slot: WearSlot }
  | { readonly in: "instance"; readonly key: string; readonly as: "contained" };

export type PlannedInstance = {
  /**
   * Names the instance for ever: the room in which its reset put it or its holder, `m` or `o`, the prototype, and a
   * count from 1 within these three, such as `3001-m-3060-1`. The same world always gives the same keys.
   */
  readonly key: string;
  readonly kind: "mob" | "object";
  readonly vnum: number;
  readonly place: InstancePlace;
  /** The reset command that made it. */
  readonly source: Source;
};

export type PlannedDoor = {
  readonly room: number;
  readonly direction: Direction;
  readonly state: DoorState;
};

export type ResetPlan = {
  /** In the order of creation: a holder always comes before what it holds. */
  readonly instances: readonly PlannedInstance[];
  /** One entry for every exit that has a door; doors that no reset touches are open. */
  readonly doors: readonly PlannedDoor[];
  /** What the game would log while it runs the resets. Unknown numbers are the matter of `checkReferences`. */
  readonly complaints: readonly WorldFileError[];
};
