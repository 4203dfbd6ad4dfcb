import type { ClusterFault } from "../cluster-fault.ts";
import { relays, until } from "../fire-cluster.ts";
import type { FireCluster } from "../fire-cluster.ts";

const leader = (fire: FireCluster): Promise<string> => until("one of the relays is at work", () => fire.leadingRelay());

const otherLeads = (fire: FireCluster, former: string): Promise<unknown> =>
  until(`another relay than ${former} is at work`, async () => {
    const now = await fire.leadingRelay();
    return now !== undefined && now !== former;
  });

export const relayKilled: ClusterFault = {
  name: "relay-killed",
  about: "kill -9 of the relay at work; the standby goes on",
  async run({ fire, choose, load }) {
    const former = await leader(fire);
    await fire.end(former, "SIGKILL");
    await otherLeads(fire, former);
    await load.acknowledged(1 + choose(40));
    await fire.start(former);
    return { kills: 1 };
  },
};

export const relaysKilled: ClusterFault = {
  name: "relays-killed",
  about: "kill -9 of all relays; the feed stands still until they are there again",
  async run({ fire, choose, load }) {
    await Promise.all(relays.map((name) => fire.end(name, "SIGKILL")));
    await load.acknowledged(1 + choose(80));
    await Promise.all(relays.map((name) => fire.start(name)));
    await load.acknowledged(20);
    return { kills: relays.length };
  },
};

export const relayZombie: ClusterFault = {
  name: "relay-zombie",
  about: "SIGSTOP of the relay at work until the standby is at work, then SIGCONT: for a moment both are",
  async run({ fire, choose, load }) {
    const former = await leader(fire);
    await fire.service(former).signal("SIGSTOP");
    await otherLeads(fire, former);
    await load.acknowledged(1 + choose(60));
    await fire.service(former).signal("SIGCONT");
    await load.acknowledged(20);
    return { zombies: 1 };
  },
};

export const projectorKilled: ClusterFault = {
  name: "projector-killed",
  about: "kill -9 of the projector",
  async run({ fire, choose, load }) {
    await fire.end("projector", "SIGKILL");
    await load.acknowledged(1 + choose(60));
    await fire.start("projector");
    await load.acknowledged(1 + choose(20));
    return { kills: 1 };
  },
};
