import type { Dialect } from "../circlemud/dialect.ts";
import { dikuAffectFlags, dikuApplies, dikuExtraFlags, dikuMobFlags, dikuRoomFlags, dikuWearFlags } from "../circlemud/names.ts";

export const dikuMud: Dialect = {
  roomFlags: dikuRoomFlags,
  mobFlags: dikuMobFlags,
  affectFlags: dikuAffectFlags,
  extraFlags: dikuExtraFlags,
  wearFlags: dikuWearFlags,
  applies: dikuApplies,
  numbersWrap: true,
};
