import { randomUUID } from "node:crypto";
import { operateWorld, processRegistry, reachWorld, runService, watchQueue } from "@aethyr/cluster";
import { startOperatorApi } from "@aethyr/operator";
import { announce, markConsole, operatorToken, withdraw } from "@aethyr/process";
import { createProjections } from "@aethyr/projections";
import { openPostgres } from "@aethyr/projections/postgres";
import { readModels } from "@aethyr/read-models";

await runService({
  name: "console",
  about: `The operator API of a world in many processes: what "aethyr" and other tools ask, answered from the log, the hosts and the read models.`,
  async start({ config, log, opened }) {
    const { data, world } = config;
    const instance = randomUUID();
    opened({ close: () => withdraw(data, instance) });
    const reach = await reachWorld(config, "console", log, opened);
    const { store, bus, domain, projections: more, ready } = reach;
    const metrics = processRegistry();
    await watchQueue(reach.coordination, { world, partitions: reach.record.partitions, registry: metrics, log });
    const { url } = config.readModels;
    const database = url === undefined ? undefined : opened(openPostgres({ url }));
    const projections =
      database &&
      opened(createProjections({ database, store, feed: bus, domain, projections: [...readModels, ...more], log, logId: store.logId }));

    const operations = await operateWorld({
      config,
      log,
      opened,
      reach,
      metrics: { text: () => metrics.metrics() },
      readModels: async () => (database === undefined || projections === undefined ? undefined : { database, projections }),
    });
    const api = opened(await startOperatorApi({ ...config.api, token: await operatorToken(config), operations, log, instance, ready }));
    await markConsole(data, world);
    await announce(data, { instance, pid: process.pid, world, url: api.url });
    return { metrics: () => metrics.metrics(), ready, facts: { url: api.url } };
  },
});
