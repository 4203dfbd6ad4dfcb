import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCLI, startVitest, type Vitest } from "vitest/node";
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
const run = (): Promise<Vitest> => startVitest(filter, whole ? { ...options, ...wholeRun() } : options);
let vitest = await run();
const signal = killedBy(vitest);
if (whole && signal !== undefined) {
  process.stderr.write(
    `\ntests: the engine ended a test process with ${signal}; no test has failed by that, so everything is run once more\n\n`,
  );
  await vitest.close();
  process.exitCode = 0;
  vitest = await run();
}
await vitest.exit();

/** All files of tests, as absolute paths: a name may be given as one. */
function testFiles(): readonly string[] {
  const root = join(import.meta.dirname, "../..");
  return globSync("{packages,services,infra,bench,docs,games}/**/*.test.ts", {
    cwd: root,
    exclude: (path) => path.includes("node_modules"),
  }).map((file) => join(root, file));
}

/** What a run of everything has besides: coverage and, in CI, the report that `.ci/run` counts. */
function wholeRun(): Pick<typeof options, "coverage" | "reporters" | "outputFile"> {
  const coverage = { ...options.coverage, enabled: true, thresholds: perPackage() };
  if (!process.env["CI"]) return { coverage };
  const again = secondAttempts((text) => void process.stderr.write(text));
  return { coverage, reporters: ["default", "json", again], outputFile: { json: ".test-results/tests.json" } };
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
  process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../../node_modules/.cache/aethyr-code");
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

/** The signal that ended a process of the tests, if nothing else went wrong with the run. */
function killedBy({ state }: Vitest): string | undefined {
  const failed = state.getFiles().some(({ result }) => result?.state === "fail");
  const signals = state.getUnhandledErrors().map((error) => /exited unexpectedly with signal (SIG\w+)/.exec(messagesOf(error))?.[1]);
  return failed || signals.includes(undefined) ? undefined : signals[0];
}

function messagesOf(error: unknown): string {
  return error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
    ? `${String(error.message)} ${messagesOf("cause" in error ? error.cause : undefined)}`
    : "";
}
