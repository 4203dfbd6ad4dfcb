import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { runScenariosWith } from "@aethyr/kernel/testing";
import { afterAll } from "vitest";
import { runOnHost } from "./run-on-host.ts";
import { createScopedStores } from "./scoped-stores.ts";
import { installTestStores, openTestStore } from "./test-store.ts";

// Setup file: the stores of a test file are in one log of SQLite, in a folder of its own, and scenarios go through an actor host.
const directory = mkdtempSync(join(tmpdir(), "aethyr-test-store-"));
const engine = await openSqliteEventStore({ directory });
installTestStores(createScopedStores(engine), 0.1);
runScenariosWith((scenario) => runOnHost(openTestStore(), scenario));
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});
