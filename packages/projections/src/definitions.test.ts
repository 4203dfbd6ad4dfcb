import { expect, test } from "vitest";
import { defineDomain } from "@aethyr/kernel";
import { bind } from "./binding.ts";
import { createWorld, domain, made, things, thingEvents } from "./contract/small-world.ts";
import { createProjections, foldInMemory, integer, nullable, projection, table, text, timestamp, type Handlers } from "./index.ts";

const one = table({ columns: { id: text() }, key: ["id"] });
const named = (name: string, tables = { ones: one }) => projection({ name, version: 1, events: [thingEvents], tables, on: {} });

test("what SQL cannot hold is refused where it is declared", () => {
  const columns = { id: text(), maybe: nullable(text()) };
  expect(() => table({ columns: { Id: text() }, key: ["Id"] })).toThrow(/no name for a column/);
  expect(() => table({ columns, key: [] })).toThrow(/needs a key/);
  expect(() => table({ columns, key: ["maybe"] })).toThrow(/may be null/);
  expect(() => table({ columns, key: ["id"], indexes: [["other" as "id"]] })).toThrow(/no column/);
  expect(() => named("Rooms")).toThrow(/no name/);
  expect(() => named("x".repeat(41))).toThrow(/no name/);
  expect(() => projection({ name: "a", version: 0, events: [thingEvents], tables: { ones: one }, on: {} })).toThrow(/version/);
  expect(() => projection({ name: "a", version: 1, events: [thingEvents], tables: {}, on: {} })).toThrow(/no tables/);
  const on = { ThingBurnt: () => undefined } as Handlers<[typeof thingEvents], { ones: typeof one }>;
  expect(() => projection({ name: "a", version: 1, events: [thingEvents], tables: { ones: one }, on })).toThrow(/none of its catalogues/);
});

test("projections that cannot be together, or not over this domain, are refused before anything is asked of the database", () => {
  const world = createWorld();
  const create = (projections: Parameters<typeof createProjections>[0]["projections"], over = domain) =>
    createProjections({ database: {} as never, store: world.store, feed: world.bus, domain: over, projections });
  expect(() => create([named("a"), named("a", { ones: table({ columns: { id: text() }, key: ["id"] }) })])).toThrow(/two projections a/);
  expect(() => create([named("a"), named("b")])).toThrow(/both have a table ones/);
  expect(() => create([things()], defineDomain())).toThrow(/no aggregate of this domain/);
});

test("an event is a handler's only where its aggregate has it from the projection's catalogues", async () => {
  const world = createWorld();
  const { read } = bind(things(), domain);
  const [thing, ghost] = await world.happen([made("axe"), { path: "ghost/boo", type: "ThingMade", data: { howl: "boo" } }]);
  expect(read(thing!)?.data).toEqual({ name: "The axe", holder: null });
  expect(read(ghost!)).toBeUndefined();
  const [old, newer, stranger] = await world.happen([
    { path: "thing/axe", type: "ThingRenamed", data: { title: "Axe" }, schema: 1 },
    { path: "thing/axe", type: "ThingRenamed", data: {}, schema: 3 },
    { path: "golem/mud", type: "ThingGone", data: {} },
  ]);
  expect(read(old!)?.data).toEqual({ name: "Axe" });
  expect(() => read(newer!)).toThrow(/run the newer program/);
  expect(() => read(stranger!)).toThrow(/no aggregate of this domain/);
});

test("values that a column cannot hold are refused while the handler runs, with the name of the column", async () => {
  const columns = { id: text(), n: integer(), at: nullable(timestamp()) };
  const fold = async (act: (rows: { readonly all: Record<string, (...args: readonly object[]) => unknown> }) => unknown) =>
    foldInMemory(
      projection({
        name: "a",
        version: 1,
        events: [thingEvents],
        tables: { all: table({ columns, key: ["id"] }), strict: table({ columns: { id: text(), at: timestamp() }, key: ["id"] }) },
        on: {},
        every: (_, rows) => void act(rows as never),
      }),
      domain,
      [{ type: "Anything" } as never],
    );
  const row = { id: "a", n: 1, at: null };
  for (const [act, what] of [
    [{ ...row, n: 1.5 }, "all.n holds integer"],
    [{ ...row, n: 2 ** 31 }, "all.n"],
    [{ ...row, n: Number.NaN }, "all.n"],
    [{ ...row, n: "1" }, "all.n"],
    [{ ...row, id: null }, "all.id holds text, not null"],
    [{ id: "a", n: 1 }, "all.at holds timestamptz or null, not undefined"],
    [{ ...row, at: "noon" }, "all.at"],
    [{ ...row, at: {} }, "not an object"],
    [{ ...row, more: 1 }, "no column more"],
  ] as const)
    await expect(fold(({ all }) => all["put"]?.(act))).rejects.toThrow(what);
  await expect(fold(({ all }) => all["patch"]?.({ id: "a" }, { id: "b" }))).rejects.toThrow("in the key");
  await expect(fold(({ all }) => all["patch"]?.({ id: "a", n: 1 }, {}))).rejects.toThrow("not in the key");
  await expect(fold(({ all }) => all["add"]?.({ id: "a" }, { at: 1 }))).rejects.toThrow("only whole numbers");
  await expect(fold(({ all }) => all["removeWhere"]?.({}))).rejects.toThrow("at least one value");
  await expect(fold((rows) => (rows as never as { strict: typeof rows.all }).strict["tally"]?.({ id: "a" }, {}))).rejects.toThrow(
    "cannot begin",
  );
});

test("a projection that asks for SQL says so when it is folded in memory", async () => {
  const asking = projection({
    name: "a",
    version: 1,
    events: [thingEvents],
    tables: { ones: one },
    on: {},
    every: (_, __, sql) => sql(async () => undefined),
  });
  await expect(foldInMemory(asking, domain, [{ type: "Anything" } as never])).rejects.toThrow(/asks for SQL/);
});
