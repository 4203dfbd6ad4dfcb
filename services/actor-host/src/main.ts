import { randomUUID } from "node:crypto";
import { connectNatsBus } from "@aethyr/bus/nats";
import {
  announce,
  createClosers,
  createLog,
  failProcess,
  hostOptions,
  loadDomain,
  openStores,
  operatorToken,
  processMetrics,
  stopOnSignals,
  watchLog,
  withdraw,
  worldOperations,
} from "@aethyr/embedded";
import { startOperatorApi } from "@aethyr/operator";
import { createActorHost, serveCommands, startRelay } from "@aethyr/runtime";
import { readConfig, type HostConfig } from "./config.ts";

if (process.argv.includes("--help")) {
  process.stdout.write(`An actor host on NATS and ImmuDB, one for a world, with the relay and the operator API in the same process.

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
  const { data, world } = config;
  const log = createLog(config.log);
  for (const warning of warnings) log.warn({}, warning);
  const domain = await loadDomain(config.modules);
  const options = hostOptions(config, domain);
  const instance = randomUUID();
  const { opened, close } = createClosers();
  let isStopped = false;

  opened({ close: () => withdraw(data, instance) });
  const { store, keys, proof } = await openStores(config, log, opened);
  const watch = proof && opened(await watchLog(proof, config, log));
  const bus = opened(
    await connectNatsBus({ servers: natsUrl, world, name: "actor-host", onStatus: (status) => log.info({ status }, "nats") }),
  );
  const relay = opened(
    await startRelay({
      store,
      bus,
      log,
      from: "start",
      // Another host, on the right log, may then serve the commands.
      onStopped(reason) {
        isStopped = true;
        failProcess(reason);
        close().catch(failProcess);
      },
    }),
  );
  const host = opened(
    createActorHost({
      domain,
      store,
      keys,
      log,
      metrics: processMetrics({ head: () => store.head(), published: () => relay.published() }),
      options,
      onCommitted(position) {
        relay.hint(position);
        watch?.committed();
      },
    }),
  );
  opened(await serveCommands({ host, bus, log }));
  const operations = opened(worldOperations({ store, domain, host, bus, log }));
  const ready = (): Promise<unknown> => store.head();
  const api = opened(await startOperatorApi({ ...config.api, token: await operatorToken(config), operations, log, instance, ready }));
  // While the last parts were opened.
  if (isStopped) return close();
  await announce(data, { instance, pid: process.pid, world, url: api.url });
  stopOnSignals(log, close, failProcess);
  log.info({ world, url: api.url }, "the host serves commands");
}
