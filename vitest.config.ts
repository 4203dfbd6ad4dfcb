import { defineConfig } from "vitest/config";

const sources = ["packages/*/src", "services/*/src", "infra/servers/src"];
const tests = [
  ...sources,
  "infra/architecture",
  "infra/check",
  "infra/faults/src",
  "infra/cluster/src",
  "infra/nats/src",
  "infra/docker/src",
  "infra/prometheus/src",
  "bench/src",
  "docs/guide",
  "docs/protocol/src",
  "games",
].map((folder) => `${folder}/**/*.test.ts`);
const realServers = "**/*.int.test.ts";
/** Tests that want an empty store or a host, and scenarios of rules: they hold on every engine. */
const onStores = ["packages/runtime/src/**/*.test.ts", "packages/world/src/**/*.test.ts", "docs/guide/**/*.test.ts"];
/** Of these the ones that take neither. */
const withoutStores = ["packages/world/src/{census,readme,world}.test.ts", "docs/guide/*.test.ts"];
const stores = "./packages/runtime/src/testing";
// Composition roots run only in processes of their own, which coverage does not see; integration tests run every one of them.
const roots = ["services/*/src/main.ts", "**/*-worker.ts", "**/*-process.ts"];
const testCode = ["**/*.test.ts", "**/*.fixture.ts", "**/testing/**", "**/contract/**", "**/test-*.ts"];

const inCi = Boolean(process.env["CI"]);
/** CI runs real servers on two shared processors for twenty minutes: what fails there is done once more, and named at the end of the run. */
const retry = inCi ? 1 : 0;

export default defineConfig({
  test: {
    pool: "forks",
    // Tests of real servers wait for about a third of their time: in CI, where nobody else works, a third file keeps its two processors busy.
    maxWorkers: inCi ? 3 : 2,
    // V8 in Node 24 now and then ends a process that has worker threads where the processor has protection keys ("jit_page.has_value()").
    execArgv: ["--no-memory-protection-keys"],
    setupFiles: ["./infra/check/code-cache-setup.ts"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: tests, exclude: ["**/node_modules/**", realServers], testTimeout: 30_000, hookTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: tests.map((pattern) => pattern.replace(".test.ts", ".int.test.ts")),
          exclude: ["**/node_modules/**"],
          retry,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Runs only when a test of this project runs: finds or builds the real servers.
          globalSetup: ["./infra/servers/src/test-global-setup.ts"],
        },
      },
      // The same tests on each engine, where the unit project has them in memory, and scenarios through an actor host.
      ...["memory", "sqlite", "immudb"].map((store) => ({
        extends: true as const,
        test: {
          name: store,
          include: store === "memory" ? onStores.slice(1) : onStores,
          exclude: ["**/node_modules/**", realServers, ...withoutStores],
          setupFiles: [`${stores}/on-${store}.ts`],
          // A process for each file would load all of a world anew; with a server of ImmuDB that was not tried.
          isolate: store === "immudb",
          ...(store === "memory" ? {} : { retry }),
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...(store === "immudb" ? { globalSetup: [`${stores}/immudb-global-setup.ts`] } : {}),
        },
      })),
    ],
    coverage: {
      provider: "v8",
      // Who mends a test wants to know all that is wrong.
      reportOnFailure: true,
      include: sources.map((folder) => `${folder}/**/*.ts`),
      exclude: [...testCode, ...roots],
      reporter: ["text-summary", "json-summary", "html"],
    },
  },
});
