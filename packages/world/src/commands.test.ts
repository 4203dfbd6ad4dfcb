import assert from "node:assert/strict";
import { given } from "@aethyr/kernel/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { world } from "./index.ts";
import { rows, type Row } from "./testing/command-table.ts";
import { after, hall } from "./testing/histories.ts";

const schemaOf = ({ name, target }: Row) => world.aggregates.get(target.split("/")[0]!)!.commands.get(name)!.input as z.ZodObject;
const requiredOf = (row: Row) =>
  Object.entries(schemaOf(row).shape).flatMap(([field, schema]) =>
    (schema as z.ZodType).safeParse(undefined).success || schema instanceof z.ZodExactOptional ? [] : [field],
  );

/** The input with another value in a field (`door.state`), or, for `undefined`, without it. */
function having(input: Row["input"], path: string, value: unknown): Record<string, unknown> {
  const [head, ...rest] = path.split(".");
  const { [head!]: present, ...others } = input;
  if (rest.length > 0) return { ...others, [head!]: having(present as Row["input"], rest.join("."), value) };
  return value === undefined ? others : { ...others, [head!]: value };
}

test("the tables cover all 16 commands and all 16 events that were asked for, and those of walking, doors, lids and posture", () => {
  const kinds = [...world.aggregates.values()];
  const commands = new Set(kinds.flatMap((kind) => [...kind.commands.keys()]));
  assert.deepEqual(new Set(rows.map(({ name }) => name)), commands);
  assert.equal(commands.size, 16 + 6);
  const events = new Set(kinds.flatMap((kind) => [...kind.events.keys()]));
  assert.deepEqual(new Set(rows.flatMap((row) => Object.values(row.events).flatMap((all) => all.map(({ type }) => type)))), events);
  assert.equal(events.size, 16 + 5);
});

describe.each(rows)("$name", (row) => {
  const { name, target, history = hall, input, events, state, wrong } = row;
  const sending = (data: unknown) => given(world, history).when(name, target, data);

  test("[A4] a valid command leads to its events and state", async () => {
    await sending(input).thenEvents(events);
    expect(given(world, after(history, events)).state(target)).toMatchObject(state);
  });
  test("[A5] without a required field it is invalid, at that field, and decides nothing", async () => {
    for (const field of requiredOf(row)) await sending(having(input, field, undefined)).thenInvalid(field);
  });
  test("[A5] with a wrong value in any field it is invalid, at that field, and decides nothing", async () => {
    const fields = Object.keys(wrong).map((path) => path.split(".")[0]);
    assert.deepEqual(new Set(fields), new Set(Object.keys(schemaOf(row).shape)));
    for (const [path, values] of Object.entries(wrong)) {
      for (const value of values) {
        const outcome = await sending(having(input, path, value)).outcome();
        assert.ok(
          "invalid" in outcome && outcome.invalid.every((at) => at === path || at.startsWith(`${path}.`)),
          `${path} = ${String(value)}: ${JSON.stringify(outcome)}`,
        );
      }
    }
  });
  test("[A5] with an unknown field, or no fields at all, it is invalid and decides nothing", async () => {
    await sending({ ...input, colour: "red" }).thenInvalid("");
    for (const data of [null, 7, "text", [input]]) await sending(data).thenInvalid("");
  });
});
