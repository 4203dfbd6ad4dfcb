import { createClient, createLogReader } from "@aethyr/client";
import { openNatsKeyStore, processRegistry, reachWorld, runService } from "@aethyr/cluster";
import { createNatsBroadcast } from "@aethyr/gateway/nats";
import { ConfigError } from "@aethyr/process";
import { openPlayers, passwordHashes } from "@aethyr/process/players";

await runService({
  name: "gateway",
  about: `Lets players into a world in many processes, over telnet and WebSocket. Any number of gateways may run: people on all of them see and hear
each other.`,
  async start({ config, log, opened }) {
    const { world, store, bus, coordination, domain, ready } = await reachWorld(config, "gateway", log, opened);
    const keys = opened(await openNatsKeyStore(coordination));
    const broadcast = opened(await createNatsBroadcast({ nats: coordination.nats, world, log }));
    const metrics = processRegistry();
    const reader = createLogReader({ store, domain, log });
    const players = await openPlayers(
      {
        metrics,
        connect: (actor) =>
          opened(createClient({ domain, lanes: bus, log: store, feed: bus, reader, ...(actor === undefined ? {} : { actor }) })),
        head: () => store.head(),
        passwordHashOf: passwordHashes({ store, keys, domain, log }),
        operations: { worldStats: () => store.statistics() },
      },
      config,
      log,
      broadcast,
    );
    if (players === undefined) throw new ConfigError(["gateway.enabled is false: there is nothing to do for a gateway"]);
    opened(players);
    return { metrics: () => metrics.metrics(), ready, facts: { telnet: players.telnet, websocket: players.websocket } };
  },
});
