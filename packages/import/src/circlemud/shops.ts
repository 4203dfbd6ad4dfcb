import { type LineReader, unexpectedEnd } from "./line-reader.ts";
import { type ItemType, itemTypes } from "./names.ts";
import { decimal, integer } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { readString } from "./string-reader.ts";
import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

/** A shop as data. Bit fields are kept as the file has them. */
export type Shop = {
  readonly vnum: number;
  /** Objects that the shop never runs out of. */
  readonly produces: readonly number[];
  /** What a player pays, and is paid, as a multiple of the object's cost. */
  readonly sellingFactor: number;
  readonly buyingFactor: number;
  readonly buys: readonly ShopPurchase[];
  readonly messages: ShopMessages;
  readonly temper: number;
  readonly flagBits: number;
  readonly keeperVnum: number | null;
  readonly refusesBits: number;
  readonly roomVnums: readonly number[];
  /** Two spans of opening hours. */
  readonly hours: readonly [ShopHours, ShopHours];
  readonly source: Source;
};

/** A type of item that the shop buys; `keywords`, where not empty, is an expression that the item has to match too. */
export type ShopPurchase = {
  readonly type: ItemType;
  readonly keywords: string;
};

export type ShopHours = {
  readonly open: number;
  readonly close: number;
};

/** `%s` stands for the customer's name, `%d` for the price. */
export type ShopMessages = {
  readonly shopLacksItem: string;
  readonly playerLacksItem: string;
  readonly shopRefusesType: string;
  readonly shopLacksMoney: string;
  readonly playerLacksMoney: string;
  readonly playerBought: string;
  readonly playerSold: string;
};

/** Reads a `.shp` file of the version 3 format: its header, then shops that start with `#vnum~`, then `$~`. */
export function readShops(lines: LineReader, reading: Reading): readonly Shop[] {
  const header = lines.next("the header of a version 3 shop file");
  if (!header.text.includes("v3.0")) {
    reading.report(
      new WorldFileError({
        code: "malformed_line",
        source: header.source,
        expected: "the header of a version 3 shop file",
        found: quote(header.text),
      }),
    );
  }
  return readShopRecords(lines, reading, (vnum, source) => readShop(lines, reading, vnum, source));
}

/** Reads shops that start with `#vnum~`, up to `$~`. */
export function readShopRecords(lines: LineReader, reading: Reading, readOne: (vnum: number, source: Source) => Shop): readonly Shop[] {
  const shops: Shop[] = [];
  for (;;) {
    const line = lines.peek();
    if (line === undefined) {
      reading.report(unexpectedEnd({ file: lines.file, line: 0 }, 'the next shop or "$"'));
      return shops;
    }
    if (line.text.startsWith("$")) return shops;
    lines.rewindAfter(line.source.line);
    const vnum = /^#(\d{1,9})~$/.exec(line.text)?.[1];
    if (vnum === undefined) {
      reading.report(
        new WorldFileError({
          code: "malformed_line",
          source: line.source,
          expected: '"#", the number of the next shop and "~", or "$"',
          found: quote(line.text),
        }),
      );
      lines.skipTo(startsShop);
      continue;
    }
    const shop = reading.salvage(() => readOne(Number(vnum), line.source));
    if (shop === undefined) {
      lines.rewindAfter(line.source.line);
      lines.skipTo(startsShop);
    } else {
      shops.push(shop);
    }
  }
}

const startsShop = (text: string): boolean => /^#\d+~$/.test(text) || text.startsWith("$");

function readShop(lines: LineReader, { report }: Reading, vnum: number, source: Source): Shop {
  const { number, factor, messages, hours } = shopFields(lines, report, vnum);
  const numbers = (name: string): readonly number[] => {
    const list: number[] = [];
    for (let value = number(name); value !== -1; value = number(name)) list.push(value);
    return list;
  };

  // The file fixes the order, and an object literal is evaluated in the order in which it is written.
  return {
    vnum,
    produces: numbers("a produced object"),
    sellingFactor: factor("the selling factor"),
    buyingFactor: factor("the buying factor"),
    buys: readPurchases(lines, vnum),
    messages: messages(),
    temper: number("the temper"),
    flagBits: number("the flags"),
    keeperVnum: noneIfNegative(number("the keeper")),
    refusesBits: number("the refused customers"),
    roomVnums: numbers("a room"),
    hours: hours(),
    source,
  };
}

/** Reads the parts that shops of every version are made of, each on lines of its own. */
export function shopFields(lines: LineReader, report: Report, vnum: number) {
  const number = (name: string): number => {
    const line = lines.next(`${name} of shop ${vnum}`);
    return integer(firstWord(line.text), name, line.source);
  };
  const message = (name: string): string => readString(lines, `the message "${name}" of shop ${vnum}`, report);
  return {
    number,
    factor: (name: string): number => {
      const line = lines.next(`${name} of shop ${vnum}`);
      return decimal(firstWord(line.text), name, line.source);
    },
    messages: (): ShopMessages => ({
      shopLacksItem: message("shop lacks item"),
      playerLacksItem: message("player lacks item"),
      shopRefusesType: message("shop refuses type"),
      shopLacksMoney: message("shop lacks money"),
      playerLacksMoney: message("player lacks money"),
      playerBought: message("player bought"),
      playerSold: message("player sold"),
    }),
    hours: (): Shop["hours"] => [
      { open: number("the first opening hour"), close: number("the first closing hour") },
      { open: number("the second opening hour"), close: number("the second closing hour") },
    ],
  };
}

/** How shop files spell the item types, longest first, so that no name hides behind its beginning. */
const typesByName = itemTypes
  .map((type): [string, ItemType] => [type === "drink-container" ? "LIQ CONTAINER" : type.toUpperCase().replace("-", " "), type])
  .toSorted(([a], [b]) => b.length - a.length);

/** Reads lines of an item type (name or number) and perhaps keywords, up to -1; what follows a `;` is a comment. */
function readPurchases(lines: LineReader, vnum: number): readonly ShopPurchase[] {
  const purchases: ShopPurchase[] = [];
  for (;;) {
    const line = lines.next(`an item type that shop ${vnum} buys, or -1`);
    const text = (line.text.split(";")[0] ?? "").trim();
    if (text === "-1") return purchases;
    const [name, type] = /^\d+/.test(text)
      ? [firstWord(text), itemTypes[Number(firstWord(text))]]
      : (typesByName.find(([known]) => text.toUpperCase().startsWith(known)) ?? ["", undefined]);
    if (type === undefined) {
      throw new WorldFileError({
        code: "unknown_value",
        source: line.source,
        expected: "the name or number of an item type, or -1",
        found: quote(text),
      });
    }
    purchases.push({ type, keywords: text.slice(name.length).trim() });
  }
}

function firstWord(text: string): string {
  return text.trim().split(/\s+/, 1)[0] ?? "";
}

export function noneIfNegative(vnum: number): number | null {
  return vnum < 0 ? null : vnum;
}
