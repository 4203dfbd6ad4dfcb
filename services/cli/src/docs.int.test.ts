import { existsSync, globSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig, parseFlags } from "@aethyr/process";
import { describe, expect, test } from "vitest";
import { createAethyr } from "./testing/aethyr.ts";
import { callOf, documentedLines, placeholderIn, type DocumentedLine } from "./testing/documented-lines.ts";
import { folderOfTest } from "./testing/folders.ts";
import { cliFile, clusterFile, repository, start, startWorld, type Environment, type Started } from "./testing/processes.ts";

/** Scripts whose lines are not run as they stand, and what becomes of them. What `start` starts goes on to the end of its page. */
const otherScripts: ReadonlyMap<string, string> = new Map([
  ["start", "its flags are checked; what starts then has the page's own data folder and any free port"],
  ["cluster", "its flags are checked; infra/cluster has tests of its own"],
  ["test", "is this run"],
  ["check", "run by .ci/run"],
  ["bench", "measures for minutes; bench has tests of its own"],
  ["exec", "a process of a cluster by itself; infra/cluster has tests of its own"],
  ["faults", "kills servers for minutes; the faults have tests of their own"],
]);

const pages = globSync(["README.md", "docs/**/*.md"], { cwd: repository, exclude: (path) => path.includes("node_modules") })
  .toSorted()
  .map((file) => ({ file, lines: documentedLines(file, readFileSync(join(repository, file), "utf8")) }));
const withLines = pages.filter(({ lines }) => lines.length > 0);

test("the README tells readers what to type", ({ skip }) => {
  if (!existsSync(join(repository, "README.md")) && !process.env["CI"]) {
    process.stderr.write("\n*** SKIPPED: there is no README.md, so none of its lines is run.\n\n");
    skip();
  }
  expect(withLines.map(({ file }) => file)).toContain("README.md");
});

describe.each(withLines)("$file", ({ file, lines }) => {
  test("every line can be typed as it stands, and is of a script that we know", () => {
    for (const line of lines) {
      expect(placeholderIn(line), `${file}:${line.line}: ${line.text}`).toBeUndefined();
      expect(["aethyr", ...otherScripts.keys()], `${file}:${line.line}: ${line.text}`).toContain(scriptOf(line));
    }
  });

  test("every line does what it says, one after another in a new folder", async ({ skip }) => {
    const missing = lines.find(({ text }) => text.includes("../shared/") && !existsSync(join(repository, "../shared/data")));
    if (missing !== undefined && !process.env["CI"]) {
      process.stderr.write(`\n*** SKIPPED: the lines of ${file}: ${missing.text} needs the data beside the repository.\n\n`);
      skip();
    }
    const folder = await folderOfTest();
    const data = join(folder, "data");
    const env = await environment(folder, data);
    const worlds: Started[] = [];
    try {
      for (const line of lines) {
        const where = `${file}:${line.line}: ${line.text}`;
        const script = scriptOf(line);
        if (script === "aethyr" || script === "start" || script === "cluster")
          expect(await run(line, env), where).toMatchObject({ code: 0 });
        if (script === "start" && worlds.length === 0 && !line.text.includes("--help"))
          worlds.push(await startWorld(data, { ...storeOf(line), ...readModelsOf(lines) }, modulesOf(line)));
      }
    } finally {
      // What a page starts with `servers start` outlives its line.
      if (existsSync(join(data, "servers"))) expect(await start(process.execPath, [cliFile, "servers", "stop"], { env }).ended).toBe(0);
      for (const world of worlds) await world[Symbol.asyncDispose]();
    }
  });
});

/** Aggregates that the rest of the page needs; every other flag would only say where the world is. */
const modulesOf = ({ text }: DocumentedLine): readonly string[] => {
  const modules = /--modules[ =](\S+)/.exec(text)?.[1];
  return modules === undefined ? [] : ["--modules", modules];
};

/** Where the events of the page are. */
const storeOf = ({ text }: DocumentedLine): Environment => {
  const store = /^AETHYR_STORE=(\w+) /.exec(text)?.[1];
  return store === undefined ? {} : { AETHYR_STORE: store };
};

/** Worlds of tests have none unless a page asks them. */
const readModelsOf = (lines: readonly DocumentedLine[]): Environment =>
  lines.some(({ text }) => /aethyr (?:sql|projection) /.test(text)) ? { AETHYR_READ_MODELS_STORE: "pglite" } : {};

function scriptOf({ text }: DocumentedLine): string {
  return /npx -y pnpm (?:run )?(\S+)/.exec(text)?.[1] ?? "";
}

/** Where `npx -y pnpm aethyr` is the command itself, without the package managers around it; everything else of a line is the shell's. */
async function environment(folder: string, data: string): Promise<Environment> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const npx = join(bin, "npx");
  await writeFile(
    npx,
    `#!/bin/sh
case "$1 $2 $3" in
  "-y pnpm aethyr") shift 3; exec "${process.execPath}" "${cliFile}" "$@" ;;
  "-y pnpm cluster") shift 3; exec "${process.execPath}" "${clusterFile}" "$@" --help ;;
esac
echo "not run here: npx $*" >&2
exit 99
`,
  );
  await chmod(npx, 0o755);
  return { PATH: `${bin}:${process.env["PATH"] ?? ""}`, AETHYR_DATA: data };
}

type Ran = { readonly code: number | string; readonly stdout: string; readonly stderr: string };

/** Runs a line: in this process where it is one command with its words, and else in a shell, as a process of its own takes a second to start. */
async function run(line: DocumentedLine, env: Environment): Promise<Ran> {
  const call = callOf(line);
  const follows = /\s(?:--follow|-f)\b/.test(line.text);
  if (call === undefined || follows || call.script === "cluster") return runInShell(line, env, follows);
  const all = { ...process.env, ...env, ...call.env };
  if (call.script === "start") {
    const { flags, help } = parseFlags(call.words);
    if (!help) loadConfig({ flags, env: all, cwd: repository });
    return { code: 0, stdout: "", stderr: "" };
  }
  // Of what a cluster is asked there is no world here: the verb and its words are looked at.
  const help = call.env["AETHYR_DATA"]?.startsWith(".aethyr-cluster/") === true ? ["--help"] : [];
  return createAethyr({ cwd: repository, data: env["AETHYR_DATA"] ?? "" })([...call.words, ...help], { env: all });
}

/** One that follows the events is interrupted when it has shown something, which is how its reader ends it. */
async function runInShell({ text }: DocumentedLine, env: Environment, follows: boolean): Promise<Ran> {
  await using shell = start("bash", ["-o", "pipefail", "-c", text], { env, detached: follows });
  if (follows && shell.process.pid !== undefined) {
    await shell.shows("\n");
    process.kill(-shell.process.pid, "SIGINT");
  }
  const code = await shell.ended;
  return { code: follows && (code === 130 || code === "SIGINT") ? 0 : code, stdout: shell.stdout(), stderr: shell.stderr() };
}
