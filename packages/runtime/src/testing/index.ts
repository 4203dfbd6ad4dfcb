export { command } from "./commands.ts";
export { counters } from "./counters.ts";
export { clockAt, contextsOf, logOf, positionsOf, startHost, type LogLine, type TestHost } from "./start-host.ts";
export { createUnrulyStore, type Held, type UnrulyStore } from "./unruly-store.ts";
export { onRealEngine, openFencedTestStore, openTestStore, runsHere } from "./test-store.ts";
export { placing, type Placing } from "./placing.ts";
