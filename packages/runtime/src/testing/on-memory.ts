import { runScenariosWith } from "@aethyr/kernel/testing";
import { runOnHost } from "./run-on-host.ts";
import { openTestStore } from "./test-store.ts";

// Setup file: scenarios go through an actor host on a store in memory.
runScenariosWith((scenario) => runOnHost(openTestStore(), scenario));
