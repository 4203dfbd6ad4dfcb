import { setTimeout as pause } from "node:timers/promises";
import { pick } from "../../random.ts";
import type { ClusterFault } from "../cluster-fault.ts";
import { baseHosts, spareHost, until, type FireCluster } from "../fire-cluster.ts";

/** Shorter than hosts wait before they take a silent one for gone. */
const shortStopMs = 1_500;

/** Resolves when others have all partitions of a host that is silent. */
const untilTakenFrom = (fire: FireCluster, host: string): Promise<unknown> =>
  until(`others have the partitions of ${host}`, async () => {
    const seen = await fire.placement();
    return seen?.partitions.every(({ owner, state }) => owner !== null && owner !== host && state === "active");
  });

export const hostKilled: ClusterFault = {
  name: "host-killed",
  about: "kill -9 of a host; it comes back at once or after others have what it had",
  async run({ fire, choose, load }) {
    const host = pick(choose, baseHosts);
    await fire.end(host, "SIGKILL");
    if (choose(2) === 0) await untilTakenFrom(fire, host);
    await fire.start(host);
    await load.acknowledged(20);
    return { kills: 1 };
  },
};

export const hostZombie: ClusterFault = {
  name: "host-zombie",
  about: "SIGSTOP of a host until others have what it had, then SIGCONT: it goes on as if nothing had happened",
  async run({ fire, choose, load }) {
    const host = pick(choose, baseHosts);
    await fire.service(host).signal("SIGSTOP");
    await untilTakenFrom(fire, host);
    await load.acknowledged(1 + choose(40));
    await fire.service(host).signal("SIGCONT");
    await load.acknowledged(20);
    return { zombies: 1 };
  },
};

export const hostStutters: ClusterFault = {
  name: "host-stutters",
  about: "SIGSTOP of one host, for less than the other waits, or of both, then SIGCONT, a few times",
  async run({ fire, choose, load }) {
    const stops = 2 + choose(3);
    for (let stop = 0; stop < stops; stop += 1) {
      const these = pick(choose, [baseHosts, baseHosts.slice(0, 1), baseHosts.slice(1)]);
      for (const host of these) await fire.service(host).signal("SIGSTOP");
      // Of two that stop together nobody takes anything, however long it takes.
      await pause(choose(these.length > 1 ? 2 * shortStopMs : shortStopMs));
      for (const host of these) await fire.service(host).signal("SIGCONT");
      await load.acknowledged(5 + choose(20));
    }
    return { stops };
  },
};

export const hostDrained: ClusterFault = {
  name: "host-drained",
  about: "SIGTERM of a host, which gives its partitions away and ends; then it is started again",
  async run({ fire, choose, load }) {
    const host = pick(choose, baseHosts);
    await fire.end(host, "SIGTERM");
    await load.acknowledged(1 + choose(40));
    await fire.start(host);
    await load.acknowledged(20);
    return { drains: 1 };
  },
};

export const hostJoins: ClusterFault = {
  name: "host-joins",
  about: "one more host joins and takes its share",
  async run({ fire, choose, load }) {
    await fire.start(spareHost);
    await until("the third host has a share", async () =>
      (await fire.placement())?.partitions.some(({ owner, state }) => owner === spareHost && state === "active"),
    );
    await load.acknowledged(1 + choose(60));
    return { joins: 1 };
  },
};

export const hostLeaves: ClusterFault = {
  name: "host-leaves",
  about: "one of three hosts goes for good, drained or killed, while it may still be taking its share",
  async run({ fire, choose, load }) {
    await fire.start(spareHost);
    await load.acknowledged(choose(60));
    await fire.end(spareHost, choose(2) === 0 ? "SIGTERM" : "SIGKILL");
    await untilTakenFrom(fire, spareHost);
    await load.acknowledged(20);
    return { leaves: 1 };
  },
};

export const twoAtOnce: ClusterFault = {
  name: "two-at-once",
  about: "both hosts at once: each killed, drained, or stopped for some seconds",
  async run({ fire, choose, load }) {
    await Promise.all(
      baseHosts.map(async (host) => {
        const [what, afterMs] = [choose(3), choose(4_000)];
        if (what === 2) {
          await fire.service(host).signal("SIGSTOP");
          await pause(1_000 + afterMs);
          return fire.service(host).signal("SIGCONT");
        }
        await fire.end(host, what === 0 ? "SIGKILL" : "SIGTERM");
        await pause(afterMs / 4);
        return fire.start(host);
      }),
    );
    await load.acknowledged(20);
    return { pairs: 1 };
  },
};
