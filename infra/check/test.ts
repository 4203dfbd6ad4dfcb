import { globSync } from "node:fs";
import { parseCLI, startVitest } from "vitest/node";

/**
 * `pnpm test` runs everything and holds the coverage of each package against its threshold; `pnpm test NAME …` runs the test
 * files whose path has NAME in it, without coverage. All options of `vitest run` are understood.
 */
const minimum = { lines: 85, branches: 85 } as const;
const narrowing = ["testNamePattern", "project", "shard", "changed", "exclude", "dir"] as const;

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2).filter((argument) => argument !== "--")]);
const whole = filter.length === 0 && narrowing.every((option) => options[option] === undefined);

const vitest = await startVitest(filter, whole ? { ...options, ...wholeRun() } : options);
await vitest.exit();

/** What a run of everything has besides: coverage and, in CI, the report that `.ci/run` counts. */
function wholeRun(): Pick<typeof options, "coverage" | "reporters" | "outputFile"> {
  const coverage = { ...options.coverage, enabled: true, thresholds: perPackage() };
  return process.env["CI"] ? { coverage, reporters: ["default", "json"], outputFile: { json: ".test-results/tests.json" } } : { coverage };
}

/** One threshold for each package and service, over all of its source. */
function perPackage(): Record<string, typeof minimum> {
  const folders = globSync(["packages/*/src", "services/*/src", "infra/servers/src"]).toSorted();
  return Object.fromEntries(folders.map((folder) => [`${folder}/**/*.ts`, minimum]));
}
