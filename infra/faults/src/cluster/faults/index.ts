import type { ClusterFault } from "../cluster-fault.ts";
import { hostDrained, hostJoins, hostKilled, hostLeaves, hostStutters, hostZombie, twoAtOnce } from "./hosts.ts";
import { badLines } from "./lines.ts";
import { natsOneFrozen, natsOneKilled, natsTwoKilled } from "./nats-of-three.ts";
import { projectorKilled, relayKilled, relaysKilled, relayZombie } from "./relays.ts";
import { feedEmptied, serversFrozen, serversKilled } from "./servers.ts";

/** All of them, in the order in which they are run. */
export const clusterFaults: readonly ClusterFault[] = [
  hostKilled,
  hostZombie,
  hostStutters,
  hostDrained,
  hostJoins,
  hostLeaves,
  twoAtOnce,
  relayKilled,
  relaysKilled,
  relayZombie,
  projectorKilled,
  ...serversKilled,
  ...serversFrozen,
  ...badLines,
  feedEmptied,
  natsOneKilled,
  natsOneFrozen,
  natsTwoKilled,
];
