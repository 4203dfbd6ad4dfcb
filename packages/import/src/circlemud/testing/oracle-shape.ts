/**
 * Turns our records into the shape of the JSON oracle, which a parser written by others made, so that whole records can
 * be compared. What the oracle has not (action descriptions, sources) is left out; where it only spells differently
 * (blanks at the ends of texts, order of flags, names of its own for flags) both sides are brought to one form.
 */
import type { Mob } from "../mobs.ts";
import * as names from "../names.ts";
import type { WorldObject } from "../objects.ts";
import type { Room } from "../rooms.ts";
import type { Shop } from "../shops.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A record of the oracle in the common form: texts tidied, every `{note, value}` replaced by its value, flags sorted. */
export function oracleValues(record: unknown): Json {
  return commonForm(record) as Json;
}

function commonForm(value: unknown): unknown {
  if (typeof value === "string") return tidy(value);
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    return isFlags(list) ? flagValues(list) : list.map(commonForm);
  }
  if (typeof value !== "object" || value === null) return value;
  if (isNoted(value)) return value.value;
  const entries = Object.entries(value).filter(([name]) => name !== "note");
  // Object 0 cannot be a key: four doors that name it have none.
  return Object.fromEntries(entries.map(([name, item]) => [name, name === "key_number" && item === 0 ? -1 : commonForm(item)]));
}

type Noted = { readonly note: string; readonly value: number };

const isNoted = (value: unknown): value is Noted =>
  typeof value === "object" && value !== null && Object.keys(value).toSorted().join() === "note,value";

const isFlags = (list: unknown[]): list is Noted[] => list.length > 0 && list.every(isNoted);

/** The oracle lists flags as the file spells them, once even twice ("kkp"); ours come in the order of their bits. */
const flagValues = (flags: readonly Noted[]): readonly number[] => [...new Set(flags.map(({ value }) => value))].toSorted((a, b) => a - b);

/** The oracle drops blanks at the end of lines, we keep the text as it is. */
const tidy = (text: string): string => text.replaceAll(/[ \t]+$/gm, "").trim();

const bits = <N extends string>(set: readonly N[], list: readonly N[]): readonly number[] => set.map((name) => 2 ** list.indexOf(name));

const bitValues = (word: number): readonly number[] =>
  Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter((value) => (word & value) !== 0);

const extras = (list: Room["extraDescriptions"]): unknown => list.map(({ keywords, text }) => ({ keywords, desc: tidy(text) }));

export function roomAsOracle(room: Room): unknown {
  return {
    id: room.vnum,
    zone_number: room.zone,
    name: tidy(room.name),
    desc: tidy(room.description),
    flags: bits(room.flags, names.roomFlags),
    sector_type: names.sectors.indexOf(room.sector),
    exits: room.exits.map((exit) => ({
      dir: names.directions.indexOf(exit.direction),
      desc: tidy(exit.description),
      keywords: exit.keywords,
      door_flag: names.doorKinds.indexOf(exit.door),
      key_number: exit.keyVnum ?? -1,
      room_linked: exit.targetVnum ?? -1,
    })),
    extra_descs: extras(room.extraDescriptions),
  };
}

export function mobAsOracle(mob: Mob): unknown {
  const dice = ({ count, sides, bonus }: Mob["damage"]): unknown => ({ dice: count, sides, bonus });
  return {
    id: mob.vnum,
    aliases: mob.keywords,
    short_desc: tidy(mob.shortDescription),
    long_desc: tidy(mob.longDescription),
    detail_desc: tidy(mob.description),
    flags: bits(mob.flags, names.mobFlags),
    affects: bits(mob.affects, names.affectFlags),
    alignment: mob.alignment,
    mob_type: mob.format === "simple" ? "S" : "E",
    level: mob.level,
    thac0: mob.thac0,
    armor_class: mob.armorClass,
    max_hit_points: dice(mob.hitPoints),
    bare_hand_damage: dice(mob.damage),
    gold: mob.gold,
    xp: mob.experience,
    position: {
      load: names.positions.indexOf(mob.loadPosition),
      default: names.positions.indexOf(mob.defaultPosition),
    },
    gender: names.sexes.indexOf(mob.sex),
    extra_spec: mob.abilities,
  };
}

export function objectAsOracle(object: WorldObject): unknown {
  return {
    id: object.vnum,
    aliases: object.keywords,
    short_desc: tidy(object.shortDescription),
    long_desc: tidy(object.longDescription),
    type: names.itemTypes.indexOf(object.type),
    effects: bits(object.extraFlags, names.extraFlags),
    wear: bits(object.wearFlags, names.wearFlags),
    values: object.values,
    weight: object.weight,
    cost: object.cost,
    rent: object.rent,
    affects: object.affects.map(({ apply, modifier }) => ({
      location: names.applies.findIndex((each) => each === apply),
      value: modifier,
    })),
    extra_descs: extras(object.extraDescriptions),
  };
}

export function shopAsOracle(shop: Shop): unknown {
  const { messages } = shop;
  const said = (message: string): string => tidy(message.replace(/^%s\s*/, ""));
  return {
    id: shop.vnum,
    objects: shop.produces,
    sell_rate: shop.sellingFactor,
    buy_rate: shop.buyingFactor,
    buy_types: shop.buys.map(({ type, keywords }) => ({
      value: names.itemTypes.indexOf(type),
      namelist: keywords === "" ? null : keywords,
    })),
    messages: {
      buy_fails_object_does_not_exist: said(messages.shopLacksItem),
      sell_fails_object_does_not_exist: said(messages.playerLacksItem),
      sell_fails_shop_does_not_buy_object: said(messages.shopRefusesType),
      sell_fails_shop_cannot_afford_object: said(messages.shopLacksMoney),
      buy_fails_player_cannot_afford_object: said(messages.playerLacksMoney),
      buy_succeeds: said(messages.playerBought),
      sell_succeeds: said(messages.playerSold),
    },
    temper: shop.temper,
    flags: bitValues(shop.flagBits),
    trades_with: bitValues(shop.refusesBits),
    shopkeeper: shop.keeperVnum ?? -1,
    rooms: shop.roomVnums,
    times: shop.hours,
  };
}
