import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), "utf8");

const sources = globSync("{packages,services,infra,bench,docs,games}/**/*.ts", { cwd: root, exclude: (name) => name === "node_modules" });
const tag = /\[([GARDP]\d+)\]/g;
/** Named in a table or a list: `| **G1** |`, `- **R1** (G11)`. */
const named = /^(?:\| |- )\*\*([GARDP]\d+)\*\*/gm;
const found = (of: string, pattern: RegExp): readonly string[] => [...of.matchAll(pattern)].map(([, name = ""]) => name);

const pages = ["docs/guarantees.md", ...globSync("packages/*/SPEC.md", { cwd: root })];
const explained = pages.flatMap((page) => found(text(page), named));

test("what a title says that it proves is on the page of guarantees, or in the specification of a package", () => {
  const cited = sources.flatMap((path) => found(text(path), tag).map((name) => ({ name, path })));
  expect(cited.length).toBeGreaterThan(500);
  expect(cited.filter(({ name }) => !explained.includes(name))).toEqual([]);
});

test("nothing is explained twice", () => {
  expect(explained.filter((name, index) => explained.indexOf(name) !== index)).toEqual([]);
});
