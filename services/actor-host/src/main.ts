import { mkdir } from "node:fs/promises";
import { connectNatsBus } from "@aethyr/bus/nats";
import { createImmudbDatabase, openImmudbEventStore } from "@aethyr/event-store/immudb";
import { openSqliteKeyStore } from "@aethyr/event-store/sqlite";
import { createActorHost, serveCommands, startRelay } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import { pino } from "pino";
import { readConfig, type Config } from "./config.ts";

if (process.argv.includes("--help")) {
  process.stdout.write(`An actor host on NATS and ImmuDB, one for a world, with the relay in the same process.

  AETHYR_IMMUDB_PASSWORD=… node services/actor-host/src/main.ts

Settings come from the environment: AETHYR_WORLD, AETHYR_DATA (the keys of sealed fields), AETHYR_NATS_URL,
AETHYR_IMMUDB_ADDRESS, AETHYR_IMMUDB_USERNAME, AETHYR_IMMUDB_PASSWORD, AETHYR_LOG_LEVEL.\n`);
} else {
  await run(readConfig(process.env)).catch((error: unknown) => {
    process.stderr.write(`the host could not start: ${error instanceof Error ? error.message : String(error)}\n`);
    // What is open by then, a connection that keeps trying, would keep the process alive.
    process.exit(1);
  });
}

async function run(config: Config): Promise<void> {
  const log = pino({ level: config.AETHYR_LOG_LEVEL }, pino.destination(2));
  const place = {
    address: config.AETHYR_IMMUDB_ADDRESS,
    username: config.AETHYR_IMMUDB_USERNAME,
    password: config.AETHYR_IMMUDB_PASSWORD,
    database: config.AETHYR_WORLD.replaceAll("-", "_"),
  };
  await mkdir(config.AETHYR_DATA, { recursive: true, mode: 0o700 });
  await createImmudbDatabase(place);
  const store = await openImmudbEventStore(place);
  const keys = await openSqliteKeyStore({ directory: config.AETHYR_DATA });
  const bus = await connectNatsBus({
    servers: config.AETHYR_NATS_URL,
    world: config.AETHYR_WORLD,
    name: "actor-host",
    onStatus: (status) => log.info({ status }, "nats"),
  });
  const relay = await startRelay({ store, bus, log, from: "start" });
  const host = createActorHost({ domain: world, store, keys, log, onCommitted: (position) => relay.hint(position) });
  const serving = await serveCommands({ host, bus, log });
  log.info({ world: config.AETHYR_WORLD }, "the host serves commands");

  const stop = async () => {
    log.info("the host stops");
    await serving.close();
    await host.close();
    await relay.close();
    await bus.close();
    await Promise.all([store.close(), keys.close()]);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      void stop().then(() => process.exit(0));
    });
  }
}
