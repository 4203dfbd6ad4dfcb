import { setTimeout as pause } from "node:timers/promises";
import type { UnrulyLine } from "@aethyr/servers";
import { pick, type Choose } from "../../random.ts";
import type { ClusterFault } from "../cluster-fault.ts";
import { baseHosts } from "../fire-cluster.ts";

const mostMs = 6_000;

/** What the lines of one host to a server, or to all servers of a cluster, can suffer. At its end nothing is missing in the middle of a connection: that would be another server, not another line. */
const troubles = {
  cut: {
    about: "is cut, and refused for some moments",
    async make(lines: readonly UnrulyLine[], choose: Choose) {
      for (const line of lines) line.cut();
      await pause(choose(mostMs));
    },
  },
  slow: {
    about: "takes up to a second longer each way, for some seconds",
    async make(lines: readonly UnrulyLine[], choose: Choose) {
      const longerMs = 50 + choose(950);
      for (const line of lines) line.slow(longerMs);
      await pause(choose(mostMs));
    },
  },
  "black-hole": {
    about: "passes nothing on and ends nothing, for some seconds, in one direction or both",
    async make(lines: readonly UnrulyLine[], choose: Choose) {
      const direction = choose(3);
      for (const line of lines) {
        if (direction !== 1) line.deafen();
        if (direction !== 0) line.mute();
      }
      await pause(choose(mostMs));
      for (const line of lines) line.cut();
    },
  },
} as const;

/** The lines of one host to NATS or ImmuDB, in each way that they can be bad. */
export const badLines: readonly ClusterFault[] = (["nats", "immudb"] as const).flatMap((server) =>
  (Object.keys(troubles) as (keyof typeof troubles)[]).map((trouble) => ({
    name: `${server}-line-${trouble}`,
    about: `the line of one host to ${server} ${troubles[trouble].about}`,
    async run({ fire, choose, load }) {
      const lines = fire.linesOf(pick(choose, baseHosts))[server];
      await troubles[trouble].make(lines, choose);
      for (const line of lines) line.mend();
      await load.acknowledged(20);
      return { troubles: 1 };
    },
  })),
);
