import {
  type AffectFlag,
  affectFlags,
  applies,
  type Apply,
  type ExtraFlag,
  extraFlags,
  type MobFlag,
  mobFlags,
  type RoomFlag,
  roomFlags,
  type WearFlag,
  wearFlags,
} from "./names.ts";

/** In what the family of games differs that writes rooms, mobs and objects like this. */
export type Dialect = {
  readonly roomFlags: readonly RoomFlag[];
  readonly mobFlags: readonly MobFlag[];
  readonly affectFlags: readonly AffectFlag[];
  readonly extraFlags: readonly ExtraFlag[];
  readonly wearFlags: readonly WearFlag[];
  readonly applies: readonly Apply[];
  /** Numbers that belong together may stand on several lines. */
  readonly numbersWrap: boolean;
};

export const circleMud: Dialect = { roomFlags, mobFlags, affectFlags, extraFlags, wearFlags, applies, numbersWrap: false };
