import type { NatsServerCount } from "@aethyr/local-cluster";
import type { Choose } from "../random.ts";
import type { FireCluster } from "./fire-cluster.ts";
import type { Load } from "./load.ts";

export type ClusterRound = {
  readonly fire: FireCluster;
  /** A number from 0 up to, not including, the one given. */
  readonly choose: Choose;
  /** Runs before, during and after the fault. */
  readonly load: Load;
};

/** Something done to a cluster under load. What must hold all the same is one for all of them: see `judgeCluster`. */
export type ClusterFault = {
  readonly name: string;
  /** What is done, in one line. */
  readonly about: string;
  /** Of how many NATS servers the cluster must be; absent: of any number. */
  readonly natsServers?: NatsServerCount;
  /** Resolves when it is done; what it leaves behind, such as a host that is down, is put right after it. Gives what it did. */
  readonly run: (round: ClusterRound) => Promise<Readonly<Record<string, number>>>;
};
