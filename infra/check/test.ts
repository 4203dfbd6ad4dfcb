import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCLI, startVitest } from "vitest/node";
import { codeCache } from "./code-cache.ts";
import type { WholeRun } from "./run-whole.ts";
import { runWhole } from "./run-whole.ts";
import { secondAttempts } from "./second-attempts.ts";

/**
 * `pnpm test` runs everything and holds the coverage of each package against its threshold; `pnpm test NAME …` runs the test
 * files whose path has NAME in it, without coverage. All options of `vitest run` are understood.
 */
const minimum = { lines: 85, branches: 85 } as const;
const narrowing = ["testNamePattern", "project", "shard", "changed", "exclude", "dir"] as const;

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2).filter((argument) => argument !== "--")]);
const whole = filter.length === 0 && narrowing.every((option) => options[option] === undefined);

// Vitest would tell where it has looked, at length.
if (filter.length > 0 && !testFiles().some((file) => filter.some((name) => file.includes(name.replace(/:\d+$/, ""))))) {
  process.stderr.write(`tests: no test file (*.test.ts) has ${filter.join(" or ")} in its path\n`);
  process.exit(1);
}
if (whole) fillCodeCache();
const vitest = whole ? await runWhole(everything()) : await startVitest(filter, options);
await vitest.exit();

/** All files of tests, as absolute paths: a name may be given as one. */
function testFiles(): readonly string[] {
  const root = join(import.meta.dirname, "../..");
  return globSync("{packages,services,infra,bench,docs,games}/**/*.test.ts", {
    cwd: root,
    exclude: (path) => path.includes("node_modules"),
  }).map((file) => join(root, file));
}

/** A run of everything has coverage and, in CI, the report that `.ci/run` counts, and a second run of the few files that failed. */
function everything(): WholeRun {
  const inCi = Boolean(process.env["CI"]);
  const write = (text: string): void => void process.stderr.write(text);
  return {
    options: { ...options, coverage: { ...options.coverage, enabled: true, thresholds: perPackage() } },
    reporters: inCi ? [["json", { outputFile: ".test-results/tests.json" }], secondAttempts(write)] : [],
    limits: { atMost: 10, onlyKilled: !inCi },
    write,
  };
}

/** One threshold for each package and service, over all of its source. */
function perPackage(): Record<string, typeof minimum> {
  const folders = globSync(["packages/*/src", "services/*/src", "infra/servers/src"]).toSorted();
  return Object.fromEntries(folders.map((folder) => [`${folder}/**/*.ts`, minimum]));
}

/**
 * Node strips types with a WebAssembly module, and V8 now and then ends a process in which several threads do so at once (a check in its
 * registry of compiled code). With a cache of stripped code that one process has filled, the threads of the tests never load that module.
 */
function fillCodeCache(): void {
  process.env["NODE_COMPILE_CACHE"] = codeCache;
  const command = ["services/cli/src/main.ts", "command", "send", "room/first", "CreateRoom", "--data", '{"name":"First"}'];
  // The cache tells processes with other flags apart: the test processes have this one, see vitest.config.ts.
  for (const flags of [[], ["--no-memory-protection-keys"]]) {
    const data = mkdtempSync(join(tmpdir(), "aethyr-code-cache-"));
    const { status, stderr } = spawnSync(process.execPath, [...flags, ...command], {
      encoding: "utf8",
      env: { ...process.env, AETHYR_DATA: data, AETHYR_STARTER_WORLD: "false" },
    });
    if (status !== 0) process.stderr.write(`tests: the cache of stripped code was not filled, the tests go on without it: ${stderr}\n`);
    rmSync(data, { recursive: true });
  }
}
