/**
 * A process for the tests to kill: opens the read models at the place of its argument, a folder or `postgres://…`, makes the log that its
 * second argument asks for, and projects it without end. Prints the position of each status.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createProjections } from "../index.ts";
import { openPglite } from "../pglite/index.ts";
import { openPostgres } from "../postgres/index.ts";
import { domain, things } from "../contract/small-world.ts";
import { longWorld } from "./long-world.ts";

const [place = "", events = "0"] = process.argv.slice(2);
const world = await longWorld(Number(events));
const database = place.startsWith("postgres://") ? openPostgres({ url: place }) : await openPglite({ directory: place });
const projections = createProjections({
  database,
  store: world.store,
  feed: world.bus,
  domain,
  projections: [things()],
  batchEvents: 10,
  leaseMs: 500,
});
projections.start();
for (;;) {
  const [status] = await projections.status();
  process.stdout.write(`${status?.copies[0]?.events ?? 0}\n`);
  await delay(5);
}
