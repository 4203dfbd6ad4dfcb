import type { LineReader } from "../circlemud/line-reader.ts";
import { itemTypes } from "../circlemud/names.ts";
import type { Reading } from "../circlemud/reading.ts";
import { noneIfNegative, readShopRecords, type Shop, shopFields, type ShopPurchase } from "../circlemud/shops.ts";
import { type Source, WorldFileError } from "../circlemud/world-file-error.ts";

/** Lists have a fixed number of places; what is empty in them holds -1, or 0 where it is a type. */
const producedPlaces = 6;
const boughtPlaces = 5;

/** Reads the shop file: shops that start with `#vnum~`, without a header, then `$~`. */
export function readDikuShops(lines: LineReader, reading: Reading): readonly Shop[] {
  return readShopRecords(lines, reading, (vnum, source) => readDikuShop(lines, reading, vnum, source));
}

function readDikuShop(lines: LineReader, { report }: Reading, vnum: number, source: Source): Shop {
  const { number, factor, messages, hours } = shopFields(lines, report, vnum);
  const times = <T>(count: number, one: () => readonly T[]): readonly T[] => Array.from({ length: count }, one).flat();
  const produced = (): readonly number[] => {
    const object = number("a produced object");
    return object < 0 ? [] : [object];
  };
  const bought = (): readonly ShopPurchase[] => {
    const value = number("an item type that it buys");
    if (value <= 0) return [];
    const type = itemTypes[value];
    if (type !== undefined) return [{ type, keywords: "" }];
    const expected = `an item type from 0 to ${itemTypes.length - 1}`;
    report(new WorldFileError({ code: "unknown_value", source, expected, found: String(value) }));
    return [];
  };

  // The file fixes the order, and an object literal is evaluated in the order in which it is written.
  return {
    vnum,
    produces: times(producedPlaces, produced),
    sellingFactor: factor("the selling factor"),
    buyingFactor: factor("the buying factor"),
    buys: times(boughtPlaces, bought),
    messages: messages(),
    temper: number("the temper"),
    flagBits: number("the second temper"),
    keeperVnum: noneIfNegative(number("the keeper")),
    refusesBits: number("the refused customers"),
    roomVnums: [number("the room")].filter((room) => room >= 0),
    hours: hours(),
    source,
  };
}
