import { setTimeout as pause } from "node:timers/promises";
import { pick } from "../../random.ts";
import type { ClusterFault } from "../cluster-fault.ts";

/** Longer than the servers take to find out that most of them are gone. */
const mostAwayMs = 12_000;

export const natsOneKilled: ClusterFault = {
  name: "nats-one-killed",
  about: "kill -9 of one of three NATS servers, up to three times; the others go on, and it comes back",
  natsServers: 3,
  async run({ fire, choose, load }) {
    const kills = 1 + choose(3);
    for (let kill = 0; kill < kills; kill += 1) {
      const one = pick(choose, fire.cluster.servers.nats);
      await one.kill("SIGKILL");
      await load.acknowledgedToAll();
      await load.acknowledged(choose(40));
      await one.restart();
      // The next one may go before this one has made up for what it missed.
      await load.acknowledged(choose(40));
    }
    await load.acknowledged(20);
    return { kills };
  },
};

export const natsOneFrozen: ClusterFault = {
  name: "nats-one-frozen",
  about: "SIGSTOP of one of three NATS servers until all clients go on with the others, then SIGCONT",
  natsServers: 3,
  async run({ fire, choose, load }) {
    const one = pick(choose, fire.cluster.servers.nats);
    await one.kill("SIGSTOP");
    try {
      await load.acknowledgedToAll();
      await load.acknowledged(choose(40));
    } finally {
      // Connections to one that stands still could not even be closed.
      await one.kill("SIGCONT");
    }
    await load.acknowledged(20);
    return { stops: 1 };
  },
};

export const natsTwoKilled: ClusterFault = {
  name: "nats-two-killed",
  about: "kill -9 of two of three NATS servers at once, too many for the third; they come back one after the other",
  natsServers: 3,
  async run({ fire, choose, load }) {
    const { nats } = fire.cluster.servers;
    const left = pick(choose, nats);
    const gone = nats.filter((server) => server !== left);
    await Promise.all(gone.map((server) => server.kill("SIGKILL")));
    await pause(choose(mostAwayMs));
    for (const server of choose(2) === 0 ? gone : gone.toReversed()) {
      await server.restart();
      await load.acknowledged(choose(40));
    }
    await load.acknowledged(20);
    return { kills: gone.length };
  },
};
