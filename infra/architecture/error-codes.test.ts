import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), "utf8");

const sources = globSync("{packages,services,infra}/**/src/**/*.ts", { cwd: root, exclude: (name) => name === "node_modules" }).filter(
  (path) => !/\.test\.ts$|\/(?:testing|contract)\//.test(path),
);
/** How a class names its code. */
const coded = /\bsuper\(\s*"([a-z]+(?:_[a-z]+)*)"\s*,/g;

test("every code that an error class names is on the page of error codes", () => {
  const rows = text("docs/errors.md")
    .split("\n")
    .flatMap((line) => (line.startsWith("| `") ? [line.split("|")[1] ?? ""] : []));
  const listed = new Set(rows.flatMap((row) => [...row.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code)));
  const codes = sources.flatMap((path) => [...text(path).matchAll(coded)].map(([, code]) => ({ code, path })));
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter(({ code }) => !listed.has(code))).toEqual([]);
});
