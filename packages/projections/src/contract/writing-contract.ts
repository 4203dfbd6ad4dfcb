import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import { foldInMemory } from "../fold.ts";
import { bigint, boolean, double, integer, nullable, projection, table, text, timestamp } from "../index.ts";
import type { TableRows } from "../rows.ts";
import type { rowsInto } from "../sink.ts";
import type { Tables } from "../table.ts";
import { createWriter } from "../writing/writer.ts";
import { rowsOf, wipe, type UsedDatabase } from "./fixture.ts";
import { domain, thingEvents } from "./small-world.ts";

const tables = {
  pairs: table({
    columns: { a: text(), b: integer(), x: nullable(text()), y: nullable(text()), n: integer(), m: bigint() },
    key: ["a", "b"],
  }),
  tallies: table({ columns: { id: text(), n: integer(), note: nullable(text()), ratio: double() }, key: ["id"] }),
  keys: table({ columns: { id: text() }, key: ["id"] }),
  kinds: table({
    columns: {
      id: text(),
      t: text(),
      i: integer(),
      l: bigint(),
      d: double(),
      b: boolean(),
      at: timestamp(),
      nothing: nullable(timestamp()),
    },
    key: ["id"],
  }),
};

/** One call of a handler: the table, the method, its arguments. */
type Call = readonly [table: keyof typeof tables, method: string, ...args: readonly object[]];

const few = fc.constantFrom("p", "q");
const maybe = fc.option(few, { nil: null });
const small = fc.integer({ min: -3, max: 3 });
const pairKey = fc.record({ a: few, b: fc.integer({ min: 0, max: 1 }) });
const some = (model: Record<string, fc.Arbitrary<unknown>>, minKeys = 0): fc.Arbitrary<object> =>
  fc.record(model, { requiredKeys: [] }).filter((each) => Object.keys(each).length >= minKeys);

const call: fc.Arbitrary<Call> = fc.oneof(
  fc
    .record({ a: few, b: fc.integer({ min: 0, max: 1 }), x: maybe, y: maybe, n: small, m: small })
    .map((row): Call => ["pairs", "put", row]),
  fc.tuple(pairKey, some({ x: maybe, y: maybe, n: small })).map(([key, set]): Call => ["pairs", "patch", key, set]),
  fc.tuple(pairKey, some({ n: small, m: small })).map(([key, by]): Call => ["pairs", "add", key, by]),
  fc.tuple(pairKey, some({ n: small, m: small })).map(([key, by]): Call => ["pairs", "tally", key, by]),
  pairKey.map((key): Call => ["pairs", "remove", key]),
  fc
    .tuple(some({ a: few, x: maybe, y: maybe, n: small }, 1), some({ x: maybe, y: maybe, n: small }))
    .map(([match, set]): Call => ["pairs", "patchWhere", match, set]),
  // Shapes that come again, so that they are put together.
  fc.tuple(few, few).map(([a, y]): Call => ["pairs", "patchWhere", { a, y: null }, { y }]),
  fc.tuple(few, few).map(([x, y]): Call => ["pairs", "patchWhere", { x }, { y }]),
  // Some lead to what others look for.
  fc.tuple(maybe, maybe).map(([x, to]): Call => ["pairs", "patchWhere", { x }, { x: to }]),
  fc.tuple(few, maybe).map(([a, y]): Call => ["pairs", "patchWhere", { a, y: null }, { y }]),
  some({ a: few, x: maybe, n: small }, 1).map((match): Call => ["pairs", "removeWhere", match]),
  fc.tuple(few, small, maybe).map(([id, n, note]): Call => ["tallies", "put", { id, n, note, ratio: n / 3 }]),
  fc.tuple(few, small).map(([id, n]): Call => ["tallies", "tally", { id }, { n }]),
  fc.tuple(few, some({ note: maybe, ratio: small })).map(([id, set]): Call => ["tallies", "patch", { id }, set]),
  few.map((id): Call => ["tallies", "remove", { id }]),
  few.map((id): Call => ["keys", "put", { id }]),
  few.map((id): Call => ["keys", "tally", { id }, {}]),
  few.map((id): Call => ["keys", "remove", { id }]),
);
/** Changes by values that come one after the other, of which one may lead to what the next looks for. */
const chase: fc.Arbitrary<readonly Call[]> = fc.array(
  fc
    .tuple(few, few, fc.boolean())
    .map(([x, to, open]): Call => ["pairs", "patchWhere", open ? { x, y: null } : { x }, open ? { x: to, y: to } : { x: to }]),
  { minLength: 2, maxLength: 4 },
);
const batch: fc.Arbitrary<readonly Call[]> = fc
  .array(fc.oneof({ weight: 5, arbitrary: call.map((each) => [each]) }, { weight: 1, arbitrary: chase }), { maxLength: 12 })
  .map((calls) => calls.flat());
const value = fc.record({
  id: fc.string({ unit: "binary" }).map((id) => id.replaceAll("\0", "")),
  t: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\ud800", "a\0b", "'", '"', "\\", "\n", "{}")),
  i: fc.integer(),
  l: fc.maxSafeInteger(),
  d: fc.double({ noNaN: true, noDefaultInfinity: true }),
  b: fc.boolean(),
  at: fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }).map((date) => date.toISOString()),
  nothing: fc.constant(null),
});

/** The rows that calls leave, by their plainest meaning. */
async function inMemory(calls: readonly Call[]): Promise<Readonly<Record<string, readonly object[]>>> {
  const all = projection({
    name: "all",
    version: 1,
    events: [thingEvents],
    tables,
    on: {},
    every: (_, rows) => {
      for (const each of calls) apply(rows as never, each);
    },
  });
  return foldInMemory(all, domain, [{ type: "Anything" } as never]);
}

function apply(rows: ReturnType<typeof rowsInto>, [name, method, ...args]: Call): void {
  (rows[name] as unknown as Record<string, (...args: readonly object[]) => void>)[method]?.(...args);
}

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)))).sort();

export function writingContract(database: UsedDatabase): void {
  describe("writing rows", () => {
    async function makeTables(): Promise<void> {
      await wipe(database());
      const { kysely } = database();
      await run(kysely, "create schema s");
      for (const [name, { columns, key }] of Object.entries<Tables[string]>(tables)) {
        const fields = Object.entries(columns).map(([column, { type, nullable }]) => `"${column}" ${type}${nullable ? "" : " not null"}`);
        await run(kysely, `create table s.${name} (${fields.join(", ")}, primary key (${key.join(", ")}))`);
      }
    }

    test("[G8] whatever handlers do, put together in batches of any size, leaves the rows that doing it one by one leaves", async () => {
      await makeTables();
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { maxLength: 4 }), async (batches) => {
          const { kysely } = database();
          for (const name of Object.keys(tables)) await run(kysely, `delete from s.${name}`);
          for (const batch of batches) {
            await kysely.transaction().execute(async (transaction) => {
              const writer = createWriter(async () => transaction, "s", tables);
              for (const each of batch) apply(writer.rows, each);
              await writer.flush();
            });
          }
          for (const [name, rows] of Object.entries(await inMemory(batches.flat())))
            expect({ name, rows: await rowsOf(database(), "s", name) }).toEqual({ name, rows: sorted(rows) });
        }),
        { numRuns: 150 },
      );
    }, 120_000);

    test("what every column type can hold is read back as it was written, and as memory has it", async () => {
      await makeTables();
      await fc.assert(
        fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (rows) => {
          const { kysely } = database();
          await run(kysely, "delete from s.kinds");
          const read = await kysely.transaction().execute(async (transaction) => {
            const writer = createWriter(async () => transaction, "s", tables);
            for (const row of rows) apply(writer.rows, ["kinds", "put", row]);
            await writer.flush();
            const [first] = rows;
            return (writer.rows["kinds"] as { get: (key: object) => Promise<unknown> } | undefined)?.get({ id: first?.id });
          });
          const folded = (await inMemory(rows.map((row): Call => ["kinds", "put", row])))["kinds"] ?? [];
          expect(await rowsOf(database(), "s", "kinds")).toEqual(sorted(folded));
          expect(folded).toContainEqual(read);
        }),
        { numRuns: 50 },
      );
    }, 120_000);

    test("a handler reads rows as it and all before it have left them, and SQL sees what was changed", async () => {
      await makeTables();
      await database()
        .kysely.transaction()
        .execute(async (transaction) => {
          const { rows, sql, flush } = createWriter(async () => transaction, "s", tables);
          const tallies = rows["tallies"] as unknown as TableRows<typeof tables.tallies>;
          expect(await tallies.get({ id: "p" })).toBeUndefined();
          tallies.tally({ id: "p" }, { n: 2 });
          tallies.patch({ id: "p" }, { note: "two" });
          expect(await tallies.get({ id: "p" })).toEqual({ id: "p", n: 2, note: "two", ratio: 0 });
          tallies.put({ id: "q", n: 5, note: null, ratio: 1.5 });
          tallies.add({ id: "q" }, { n: 1 });
          expect(await tallies.get({ id: "q" })).toEqual({ id: "q", n: 6, note: null, ratio: 1.5 });
          const total = await sql((db) =>
            db
              .selectFrom("tallies" as never)
              .select(({ fn }) => fn.sum("n" as never).as("sum"))
              .execute(),
          );
          expect(total).toMatchObject([{ sum: 8 }]);
          tallies.remove({ id: "q" });
          expect(await tallies.get({ id: "q" })).toBeUndefined();
          await flush();
        });
      expect(await rowsOf(database(), "s", "tallies")).toHaveLength(1);
    });
  });
}
