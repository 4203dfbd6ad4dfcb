import { expect, test } from "vitest";
import { bareVerbs, nouns } from "./nouns.ts";
import { createProgram, type Runner } from "./program.ts";
import { createIo } from "./testing/test-io.ts";
import type { Verb } from "./verb.ts";

const paths = [
  ...nouns.flatMap(({ name, verbs }) => verbs.map((verb) => [`${name} ${verb.name}`, verb] as const)),
  ...bareVerbs.map((verb) => [verb.name, verb] as const),
];

function typed(line: readonly string[], run: Runner = async () => undefined) {
  const io = createIo({ cwd: "/" });
  return { io, done: createProgram({ nouns, bareVerbs }, io, run).parseAsync([...line], { from: "user" }) };
}

/** A line as a shell splits it; single quotes only. */
const words = (line: string): readonly string[] => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, "$1"));

test.each(paths)("`%s --help` shows two or three examples and the common options, on standard output", async (path, { examples }) => {
  const { io, done } = typed([...path.split(" "), "--help"]);
  await expect(done).rejects.toMatchObject({ code: "commander.helpDisplayed", exitCode: 0 });
  expect(examples.length).toBeGreaterThanOrEqual(2);
  expect(examples.length).toBeLessThanOrEqual(3);
  for (const [line] of examples) expect(io.stdout.text()).toContain(`  npx -y pnpm aethyr ${line}`);
  expect(io.stdout.text()).toContain("--output <format>");
  expect(io.stderr.text()).toBe("");
});

test.each(paths)("every example of `%s` is a line that it takes", async (path, verb) => {
  for (const [line] of verb.examples) {
    const ran: Verb[] = [];
    await typed(words(line), async (each) => void ran.push(each)).done;
    expect(line.startsWith(path)).toBe(true);
    expect(ran).toEqual([verb]);
  }
});

test("nouns and verbs are words of their own", () => {
  expect(new Set(paths.map(([path]) => path)).size).toBe(paths.length);
});

test.each([
  [["world", "stats", "--nonsense"], "commander.unknownOption"],
  [["world", "nonsense"], "commander.unknownCommand"],
  [["nonsense"], "commander.unknownCommand"],
  [["world", "stats", "extra"], "commander.excessArguments"],
  [["aggregate", "show"], "commander.missingArgument"],
  [["world", "stats", "--output", "xml"], "commander.invalidArgument"],
  [["events", "tail", "--after", "x"], "commander.invalidArgument"],
  [["events", "tail", "--after", "1", "--last", "2"], "commander.conflictingOption"],
  [["servers", "start", "apache"], "commander.invalidArgument"],
])("%j is wrong usage", async (line, code) => {
  await expect(typed(line).done).rejects.toMatchObject({ code });
});

test("--data is the data folder, except where it is a command's own data", async () => {
  const options: Record<string, unknown>[] = [];
  const keep: Runner = async (_, __, given) => void options.push(given);
  await typed(["world", "stats", "--data", "/a"], keep).done;
  await typed(["world", "stats", "--data-folder", "/b"], keep).done;
  await typed(["command", "send", "room/x", "CreateRoom", "--data", "{}", "--data-folder", "/c"], keep).done;
  expect(options).toMatchObject([{ dataFolder: "/a" }, { dataFolder: "/b" }, { data: "{}", dataFolder: "/c" }]);
});
