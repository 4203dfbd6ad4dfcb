/** The closed lists of CircleMUD 3.1, and of DikuMUD Alfa where those differ. The place in a list is the number, or the bit, that the files hold. */

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
/** What DikuMUD Alfa, where CircleMUD comes from, calls the bits that it has. */
export const dikuRoomFlags = [
  "dark",
  "death",
  "no-mob",
  "indoors",
  "lawful",
  "neutral",
  "chaotic",
  "no-magic",
  "tunnel",
  "private",
] as const;
export type RoomFlag = (typeof roomFlags)[number] | (typeof dikuRoomFlags)[number];

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
export const dikuMobFlags = ["spec", "sentinel", "scavenger", "is-npc", "nice-thief", "aggressive", "stay-zone", "wimpy"] as const;
export type MobFlag = (typeof mobFlags)[number] | (typeof dikuMobFlags)[number];

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
export const dikuAffectFlags = [
  "blind",
  "invisible",
  "detect-evil",
  "detect-invisible",
  "detect-magic",
  "sense-life",
  "hold",
  "sanctuary",
  "group",
  "unused-9",
  "curse",
  "flaming",
  "poison",
  "protect-evil",
  "paralysis",
  "morden-sword",
  "flaming-sword",
  "sleep",
  "dodge",
  "sneak",
  "hide",
  "fear",
  "charm",
  "follow",
] as const;
export type AffectFlag = (typeof affectFlags)[number] | (typeof dikuAffectFlags)[number];

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
export const dikuExtraFlags = [
  "glow",
  "hum",
  "dark",
  "lock",
  "evil",
  "invisible",
  "magic",
  "no-drop",
  "bless",
  "anti-good",
  "anti-evil",
  "anti-neutral",
] as const;
export type ExtraFlag = (typeof extraFlags)[number] | (typeof dikuExtraFlags)[number];

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
export const dikuWearFlags = [...wearFlags, "throw", "light-source"] as const;
export type WearFlag = (typeof dikuWearFlags)[number];

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
/** The sixth of the abilities was not known then: its place was that of the sex. */
export const dikuApplies = applies.map((apply) => (apply === "charisma" ? "sex" : apply));
export type Apply = (typeof applies)[number] | "sex";

export const resetModes = ["never", "when-empty", "always"] as const;
export type ResetMode = (typeof resetModes)[number];
