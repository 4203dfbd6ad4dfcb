import { randomUUID } from "node:crypto";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { runScenariosWith } from "@aethyr/kernel/testing";
import { afterAll, beforeEach, inject } from "vitest";
import { runOnHost } from "./run-on-host.ts";
import { createScopedStores } from "./scoped-stores.ts";
import { installTestStores, openTestStore } from "./test-store.ts";

// Setup file: the stores of a test file are in one database of the test run's ImmuDB, and scenarios go through an actor host.
const place = inject("immudb");
const engine = place && (await openImmudbEventStore({ ...place, database: `t${randomUUID().replaceAll("-", "")}`, create: true }));
if (engine) installTestStores(createScopedStores(engine), 0.1);
runScenariosWith((scenario) => runOnHost(openTestStore(), scenario));
beforeEach(({ skip }) => skip(engine === null, "there is no ImmuDB here"));
afterAll(() => engine?.close());
