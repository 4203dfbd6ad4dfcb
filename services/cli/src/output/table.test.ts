import { expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { tableLines, type Column } from "./table.ts";

type Thing = { readonly name: string; readonly count?: number };
const columns: readonly Column<Thing>[] = [
  { title: "name", value: ({ name }) => name },
  { title: "count", value: ({ count }) => count },
  { title: "again", value: ({ name }) => name },
];

test("columns line up, numbers to the right, no blanks at the end", () => {
  const lines = tableLines([{ name: "sword", count: 7 }, { name: "lantern", count: 1200 }, { name: "a" }], columns);
  expect(lines).toEqual([
    "name     count  again", //
    "sword        7  sword",
    "lantern   1200  lantern",
    "a               a",
  ]);
});

test("columns line up whatever alphabet the names are of", () => {
  const lines = tableLines(
    [
      { name: "大広間", count: 1 },
      { name: "hall", count: 2 },
      { name: "🐉", count: 3 },
    ],
    columns.slice(0, 2),
  );
  expect(new Set(lines.map((line) => displayWidth(line)))).toEqual(new Set([displayWidth("大広間  count")]));
});

test("a name cannot break out of its line", () => {
  expect(tableLines([{ name: "x\n\u001B[31my" }], columns.slice(0, 1))).toEqual(["name", "x\\n\\u001b[31my"]);
});

test("lines are cut at the edge of a terminal, and only there", () => {
  expect(tableLines([{ name: "a long name" }], columns.slice(0, 1), { columns: 6 })).toEqual(["name", "a lon…"]);
});

test("a column keeps its least width, so that rows can be written one after another", () => {
  expect(tableLines([{ name: "a", count: 1 }], [{ ...columns[0], width: 6 } as Column<Thing>, columns[1] as Column<Thing>])).toEqual([
    "name    count",
    "a           1",
  ]);
});

test("the heading can be painted without moving anything", () => {
  expect(tableLines([{ name: "a" }], columns.slice(0, 1), { heading: (text) => `<${text}>` })).toEqual(["<name>", "a"]);
});

test("a column has at most so many columns, and gives way on a terminal to those behind it", () => {
  const items = [{ data: "x".repeat(60), id: "one" }];
  const columns = [
    { title: "data", value: ({ data }: { data: string }) => data, most: 40, shrinks: true as const },
    { title: "id", value: ({ id }: { id: string }) => id },
  ];
  expect(tableLines(items, columns)[1]).toBe(`${"x".repeat(39)}…  one`);
  expect(tableLines(items, columns, { columns: 30 })[1]).toBe(`${"x".repeat(24)}…  one`);
  // It does not vanish: then the line is cut as before.
  expect(tableLines(items, columns, { columns: 14 })[1]).toBe(`${"x".repeat(11)}… …`);
  expect(tableLines(items, columns, { columns: 80 })[1]).toBe(`${"x".repeat(39)}…  one`);
});

type Event = { readonly at: string; readonly what: string; readonly why?: string; readonly data: string; readonly by: string };
const eventColumns: readonly Column<Event>[] = [
  { title: "time", value: ({ at }) => at, short: { of: (text) => text.slice(0, 10), width: 10 } },
  { title: "event", value: ({ what }) => what },
  { title: "why", value: ({ why }) => why, below: 2 },
  { title: "data", value: ({ data }) => data, most: 50, shrinks: true, below: 1 },
  { title: "by", value: ({ by }) => by, below: 3 },
];
const event: Event = { at: "2026-11-21T20:38", what: "HatMoved", data: "x".repeat(45), by: "ann" };

test("where lines are too long for a terminal, empty columns go, times get shorter, and then columns stand below: nothing is lost at the edge", () => {
  const lines = (columns: number | undefined, ...items: readonly Event[]) => tableLines(items, eventColumns, { columns });
  const all = `2026-11-21T20:38  HatMoved       ${"x".repeat(45)}  ann`;
  expect(lines(undefined, event)[1]).toBe(all);
  expect(lines(90, event)[1]).toBe(all);
  expect(lines(72, event)).toEqual([`time        event     data${" ".repeat(43)}by`, `2026-11-21  HatMoved  ${"x".repeat(45)}  ann`]);
  expect(lines(60, event)).toEqual(["time        event     by", "2026-11-21  HatMoved  ann", `      data ${"x".repeat(45)}`]);
  expect(lines(36, { ...event, why: "the cold" })).toEqual([
    "time        event     why       by",
    "2026-11-21  HatMoved  the cold  ann",
    "      data",
    `      ${"x".repeat(30)}`,
    `      ${"x".repeat(15)}`,
  ]);
  expect(lines(25, { ...event, why: "the cold" }).slice(0, 3)).toEqual([
    "time        event     by",
    "2026-11-21  HatMoved  ann",
    "      why the cold  data",
  ]);
  expect(lines(22, event).slice(0, 2)).toEqual(["time        event", "2026-11-21  HatMoved"]);
  expect(lines(22, event).at(-1)).toMatch(/ {2}by ann$/);
});
