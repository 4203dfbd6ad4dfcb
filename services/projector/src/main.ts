import { processRegistry, reachWorld, runService } from "@aethyr/cluster";
import { ConfigError } from "@aethyr/process";
import { createProjections } from "@aethyr/projections";
import { openPostgres } from "@aethyr/projections/postgres";
import { readModels } from "@aethyr/read-models";

await runService({
  name: "projector",
  about: `Keeps the read models of a world in PostgreSQL (readModels.url), from the event log and then live. Several projectors share the work:
each read model is one's at a time, and another takes over when it is gone.`,
  async start({ config, log, opened }) {
    const { url } = config.readModels;
    if (url === undefined) throw new ConfigError(["readModels.url is not given: say where the PostgreSQL server is"]);
    const { store, bus, domain, projections: more, ready } = await reachWorld(config, "projector", log, opened);
    const metrics = processRegistry();
    const database = opened(openPostgres({ url }));
    const projections = opened(
      createProjections({ database, store, feed: bus, domain, projections: [...readModels, ...more], log, metrics, logId: store.logId }),
    );
    projections.start();
    return {
      metrics: () => metrics.metrics(),
      async ready() {
        await ready();
        // Rejects while the database is away.
        await projections.status();
      },
    };
  },
});
