import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "vitest";
import { z } from "zod";
import { maxContents, maxDepth, world } from "./index.ts";
import { createSmallWorld } from "./testing/small-world.ts";
import { story as stories } from "./testing/stories.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const sources = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));

/** Each row of the table under a heading: for each cell, the words in backticks. */
function tableUnder(heading: string): readonly (readonly (readonly string[])[])[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(heading))!;
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)),
    );
}

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();
const commands = tableUnder("Commands");
const kinds = [...world.aggregates.values()];

test("the readme lists every command with its targets and fields", () => {
  const listed = commands.flatMap(([name, targets, fields]) =>
    targets!.map((target) => `${target}: ${name![0]} ${sorted(fields!).join(" ")}`),
  );
  const defined = kinds.flatMap((kind) =>
    [...kind.commands.values()].map((command) => `${kind.type}: ${command.name} ${sorted(fieldsOf(command)).join(" ")}`),
  );
  // What becomes of contents is asked of holders only, as the readme says under the table.
  assert.deepEqual(
    sorted(listed.map((line) => line.replace("room: DeleteGameObject contents?", "room: DeleteGameObject "))),
    sorted(defined),
  );
});

test("the readme lists every event of the domain, and every rejection that a rule can give, with what it means", () => {
  const events = kinds.flatMap((kind) => [...kind.events.keys()]);
  assert.deepEqual(sorted(commands.flatMap(([, , , recorded]) => recorded!)), sorted(events));
  const rejections = sources.flatMap((source) => [...source.matchAll(/\breject\(\s*"(\w+)"/g)].map(([, word]) => word!));
  assert.deepEqual(sorted(tableUnder("Rejections").map(([word]) => word![0]!)), sorted(rejections));
  assert.deepEqual(sorted(commands.flatMap(([, , , , words]) => words!)), sorted(rejections));
});

test("the readme says of every command what comes of it in many stories, and no more than that but for limits", async () => {
  const seen = new Set<string>();
  for (const story of fc.sample(stories, { seed: 7, numRuns: 700 })) {
    const small = createSmallWorld();
    for (const sent of story) {
      const step = await small.send(sent);
      if (step.kind === "rejected" && step.rejected !== "already_exists") seen.add(`${sent.command}: ${step.rejected}`);
      if (step.kind === "decided")
        for (const { events } of step.changes) for (const { type } of events) seen.add(`${sent.command}: ${type}`);
    }
  }
  const limits = new Set(["attributes_too_large", "too_deep", "too_many_contents"]);
  const listed = commands.flatMap(([name, , , events, rejections]) =>
    [...events!, ...rejections!].filter((word) => !limits.has(word)).map((word) => `${name![0]}: ${word}`),
  );
  assert.deepEqual(sorted(seen), sorted(listed));
});

test("the readme states the limits as they are", () => {
  for (const limit of [maxContents, maxDepth]) assert.match(readme, new RegExp(`\\b${limit}\\b`));
});

function fieldsOf({ input }: { readonly input: z.ZodType }): readonly string[] {
  return Object.entries((input as z.ZodObject).shape).map(([field, schema]) => {
    const mayBeLeftOut = schema instanceof z.ZodExactOptional || (schema as z.ZodType).safeParse(undefined).success;
    return mayBeLeftOut ? `${field}?` : field;
  });
}
