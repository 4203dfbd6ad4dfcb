/** The closed lists of CircleMUD 3.1. The place in a list is the number, or the bit, that the files hold. */

export const directions = ["north", "east", "south", "west", "up", "down"] as const;
export type Direction = (typeof directions)[number];

export const sectors = [
  "inside",
  "city",
  "field",
  "forest",
  "hills",
  "mountain",
  "water-swim",
  "water-noswim",
  "flying",
  "underwater",
] as const;
export type Sector = (typeof sectors)[number];

export const roomFlags = [
  "dark",
  "death",
  "no-mob",
  "indoors",
  "peaceful",
  "soundproof",
  "no-track",
  "no-magic",
  "tunnel",
  "private",
  "godroom",
  "house",
  "house-crash",
  "atrium",
  "olc",
  "bfs-mark",
] as const;
export type RoomFlag = (typeof roomFlags)[number];

export const doorKinds = ["none", "door", "pickproof"] as const;
export type DoorKind = (typeof doorKinds)[number];

export const doorStates = ["open", "closed", "locked"] as const;
export type DoorState = (typeof doorStates)[number];

export const mobFlags = [
  "spec",
  "sentinel",
  "scavenger",
  "is-npc",
  "aware",
  "aggressive",
  "stay-zone",
  "wimpy",
  "aggressive-to-evil",
  "aggressive-to-good",
  "aggressive-to-neutral",
  "memory",
  "helper",
  "no-charm",
  "no-summon",
  "no-sleep",
  "no-bash",
  "no-blind",
] as const;
export type MobFlag = (typeof mobFlags)[number];

export const affectFlags = [
  "blind",
  "invisible",
  "detect-align",
  "detect-invisible",
  "detect-magic",
  "sense-life",
  "waterwalk",
  "sanctuary",
  "group",
  "curse",
  "infravision",
  "poison",
  "protect-evil",
  "protect-good",
  "sleep",
  "no-track",
  "unused-16",
  "unused-17",
  "sneak",
  "hide",
  "unused-20",
  "charm",
] as const;
export type AffectFlag = (typeof affectFlags)[number];

export const positions = [
  "dead",
  "mortally-wounded",
  "incapacitated",
  "stunned",
  "sleeping",
  "resting",
  "sitting",
  "fighting",
  "standing",
] as const;
export type Position = (typeof positions)[number];

export const sexes = ["neutral", "male", "female"] as const;
export type Sex = (typeof sexes)[number];

export const itemTypes = [
  "undefined",
  "light",
  "scroll",
  "wand",
  "staff",
  "weapon",
  "fire-weapon",
  "missile",
  "treasure",
  "armor",
  "potion",
  "worn",
  "other",
  "trash",
  "trap",
  "container",
  "note",
  "drink-container",
  "key",
  "food",
  "money",
  "pen",
  "boat",
  "fountain",
] as const;
export type ItemType = (typeof itemTypes)[number];

export const extraFlags = [
  "glow",
  "hum",
  "no-rent",
  "no-donate",
  "no-invisible",
  "invisible",
  "magic",
  "no-drop",
  "bless",
  "anti-good",
  "anti-evil",
  "anti-neutral",
  "anti-magic-user",
  "anti-cleric",
  "anti-thief",
  "anti-warrior",
  "no-sell",
] as const;
export type ExtraFlag = (typeof extraFlags)[number];

export const wearFlags = [
  "take",
  "finger",
  "neck",
  "body",
  "head",
  "legs",
  "feet",
  "hands",
  "arms",
  "shield",
  "about",
  "waist",
  "wrist",
  "wield",
  "hold",
] as const;
export type WearFlag = (typeof wearFlags)[number];

export const wearSlots = [
  "light",
  "finger-right",
  "finger-left",
  "neck-1",
  "neck-2",
  "body",
  "head",
  "legs",
  "feet",
  "hands",
  "arms",
  "shield",
  "about",
  "waist",
  "wrist-right",
  "wrist-left",
  "wield",
  "hold",
] as const;
export type WearSlot = (typeof wearSlots)[number];

export const applies = [
  "none",
  "strength",
  "dexterity",
  "intelligence",
  "wisdom",
  "constitution",
  "charisma",
  "class",
  "level",
  "age",
  "weight",
  "height",
  "max-mana",
  "max-hit",
  "max-move",
  "gold",
  "experience",
  "armor",
  "hitroll",
  "damroll",
  "saving-paralysis",
  "saving-rod",
  "saving-petrification",
  "saving-breath",
  "saving-spell",
] as const;
export type Apply = (typeof applies)[number];

export const resetModes = ["never", "when-empty", "always"] as const;
export type ResetMode = (typeof resetModes)[number];
