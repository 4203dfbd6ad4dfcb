import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readModels } from "./index.ts";

const page = readFileSync(new URL("../../../docs/operations/read-models.md", import.meta.url), "utf8");

/** Of each table that the page describes, under a heading with its name: its key, and its columns with their types. */
function described(): readonly unknown[] {
  const [, ...sections] = page.split(/^### /m);
  return sections.map((section) => {
    const name = /^`(\w+)`/.exec(section)?.[1];
    const key = /Key: (.*)\.$/m
      .exec(section)?.[1]
      ?.split(", ")
      .map((column) => column.replaceAll("`", ""));
    const columns = [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, column, type]) => [column, type]);
    return { name, key, columns };
  });
}

test("[A11] the page on read models has every table with its columns, types and key, and no other", () => {
  const declared = readModels.flatMap(({ tables }) =>
    Object.entries(tables).map(([name, { columns, key }]) => ({
      name,
      key,
      columns: Object.entries(columns).map(([column, { type, nullable }]) => [column, `${type}${nullable ? " or null" : ""}`]),
    })),
  );
  expect(described()).toEqual(declared);
});
