import type { Direction, Door, Slot } from "@aethyr/world";
import type { z } from "zod";
import type { ItemType, RoomFlag, Sector, WearFlag } from "../circlemud/names.ts";

/** A way out. Ids are those of this world, without its prefix. */
export type StarterExit = {
  readonly to: string;
  /** What people see who look that way. */
  readonly look?: string;
  readonly door?: z.infer<typeof Door>;
};

export type StarterThing = {
  readonly id: string;
  /** `object` unless told. */
  readonly kind?: "object" | "mobile";
  /** As inside a sentence: `a brass whistle`. */
  readonly name: string;
  /** What players call it, separated by blanks. */
  readonly keywords: string;
  /** The line that a room shows while it is there. */
  readonly line: string;
  /** What people see who look at it. */
  readonly look: string;
  readonly type?: ItemType;
  /** Where it can be worn. */
  readonly wear?: readonly WearFlag[];
  /** In pounds. */
  readonly weight?: number;
  /** People can sit on it. */
  readonly seat?: true;
  /** It cannot be taken. */
  readonly fixed?: boolean;
  readonly wears?: Readonly<Partial<Record<Slot, StarterThing>>>;
  readonly holds?: readonly StarterThing[];
};

export type StarterRoom = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sector: Sector;
  readonly flags?: readonly RoomFlag[];
  /** What there is to look at, by keywords separated by blanks. */
  readonly extras?: Readonly<Record<string, string>>;
  readonly exits: Readonly<Partial<Record<Direction, StarterExit>>>;
  readonly things?: readonly StarterThing[];
};
