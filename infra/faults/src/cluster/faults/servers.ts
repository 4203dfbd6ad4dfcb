import { setTimeout as pause } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import type { ClusterFault } from "../cluster-fault.ts";

const mostAwayMs = 3_000;
/** Longer than leases and relays wait. */
const mostFrozenMs = 6_000;

/** Of NATS all servers, where there are several. */
const killed = (server: "nats" | "immudb" | "postgres"): ClusterFault => ({
  name: `${server}-killed`,
  about: `kill -9 of ${server}, which comes back after some moments`,
  async run({ fire, choose, load }) {
    const running = [fire.cluster.servers[server]].flat();
    await Promise.all(running.map((each) => each.kill("SIGKILL")));
    await pause(choose(mostAwayMs));
    await Promise.all(running.map((each) => each.restart()));
    await load.acknowledged(20);
    return { kills: 1 };
  },
});

const frozen = (server: "nats" | "immudb"): ClusterFault => ({
  name: `${server}-frozen`,
  about: `SIGSTOP of ${server} for some seconds, then SIGCONT`,
  async run({ fire, choose, load }) {
    const running = [fire.cluster.servers[server]].flat();
    await Promise.all(running.map((each) => each.kill("SIGSTOP")));
    await pause(choose(mostFrozenMs));
    await Promise.all(running.map((each) => each.kill("SIGCONT")));
    await load.acknowledged(20);
    return { stops: 1 };
  },
});

export const serversKilled: readonly ClusterFault[] = (["nats", "immudb", "postgres"] as const).map(killed);
export const serversFrozen: readonly ClusterFault[] = (["nats", "immudb"] as const).map(frozen);

export const feedEmptied: ClusterFault = {
  name: "feed-emptied",
  about: "all events are removed from the stream EVT while the relay is at work; then that is killed, or not",
  async run({ fire, choose, load }) {
    const manager = await jetstreamManager(fire.administrator);
    const { purged } = await manager.streams.purge(`EVT_${fire.world}`);
    await load.acknowledged(choose(40));
    const relay = choose(2) === 0 ? await fire.leadingRelay() : undefined;
    if (relay !== undefined) {
      await fire.end(relay, "SIGKILL");
      await manager.streams.purge(`EVT_${fire.world}`);
      await fire.start(relay);
    }
    await load.acknowledged(20);
    return { "events removed from the feed": purged };
  },
};
