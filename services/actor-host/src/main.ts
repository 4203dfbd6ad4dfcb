import { connectNatsBus } from "@aethyr/bus/nats";
import { createLog, failProcess, loadDomain, openStores, stopOnSignals } from "@aethyr/embedded";
import { createActorHost, serveCommands, startRelay } from "@aethyr/runtime";
import { readConfig, type HostConfig } from "./config.ts";

if (process.argv.includes("--help")) {
  process.stdout.write(`An actor host on NATS and ImmuDB, one for a world, with the relay in the same process.

  node services/actor-host/src/main.ts

It is configured like any world, by aethyr.config.json and the environment: see docs/operations/configuration.md. AETHYR_NATS_URL names the
NATS servers; "aethyr store init" makes ready the ImmuDB.\n`);
} else {
  try {
    await run(readConfig(process.env));
  } catch (error) {
    failProcess(error);
    // What is open by then, a connection that keeps trying, would keep the process alive.
    process.exit();
  }
}

async function run({ config, natsUrl, warnings }: HostConfig): Promise<void> {
  const log = createLog(config.log);
  for (const warning of warnings) log.warn({}, warning);
  const domain = await loadDomain(config.modules);
  const { store, keys } = await openStores(config, log, (part) => part);
  const bus = await connectNatsBus({
    servers: natsUrl,
    world: config.world,
    name: "actor-host",
    onStatus: (status) => log.info({ status }, "nats"),
  });
  const relay = await startRelay({ store, bus, log, from: "start" });
  const host = createActorHost({ domain, store, keys, log, onCommitted: (position) => relay.hint(position) });
  const serving = await serveCommands({ host, bus, log });
  log.info({ world: config.world }, "the host serves commands");

  const stop = async (): Promise<void> => {
    await serving.close();
    await host.close();
    await relay.close();
    await bus.close();
    await Promise.all([store.close(), keys.close()]);
  };
  stopOnSignals(log, stop, failProcess);
}
