import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultText } from "./flags.ts";
import { configKeys } from "./keys.ts";
import { oldEnvironment } from "./old-names.ts";

const page = readFileSync(new URL("../../../../docs/operations/configuration.md", import.meta.url), "utf8");
const cells = (line: string): readonly string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const code = (text: string): string => (text === "" ? "–" : `\`${text}\``);

test("[A19] the page on configuration says of every key what the schema says, and of no other", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `") && cells(line).length === 6);
  const expected = configKeys.map(({ key, env, flag, default: value, allowed, meaning }) => [
    code(key),
    code(env),
    flag === undefined ? "–" : code(`--${flag}`),
    code(defaultText(value)),
    allowed,
    meaning,
  ]);
  // For whoever changes the schema: this is the table to put into the page.
  expect(rows.map(cells), expected.map((row) => `| ${row.join(" | ")} |`).join("\n")).toEqual(expected);
});

test("[A20] the page names every old variable", () => {
  for (const name of Object.keys(oldEnvironment)) expect(page).toContain(`\`${name}\``);
});
