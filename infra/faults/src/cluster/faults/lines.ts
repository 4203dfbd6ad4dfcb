import { setTimeout as pause } from "node:timers/promises";
import type { UnrulyLine } from "@aethyr/servers";
import { pick, type Choose } from "../../random.ts";
import type { ClusterFault } from "../cluster-fault.ts";
import { baseHosts } from "../fire-cluster.ts";

const mostMs = 6_000;

/** What one line can suffer. At its end nothing is missing in the middle of a connection: that would be another server, not another line. */
const troubles = {
  cut: {
    about: "is cut, and refused for some moments",
    async make(line: UnrulyLine, choose: Choose) {
      line.cut();
      await pause(choose(mostMs));
    },
  },
  slow: {
    about: "takes up to a second longer each way, for some seconds",
    async make(line: UnrulyLine, choose: Choose) {
      line.slow(50 + choose(950));
      await pause(choose(mostMs));
    },
  },
  "black-hole": {
    about: "passes nothing on and ends nothing, for some seconds, in one direction or both",
    async make(line: UnrulyLine, choose: Choose) {
      const direction = choose(3);
      if (direction !== 1) line.deafen();
      if (direction !== 0) line.mute();
      await pause(choose(mostMs));
      line.cut();
    },
  },
} as const;

/** The line of one host to one of the servers, in each way that it can be bad. */
export const badLines: readonly ClusterFault[] = (["nats", "immudb"] as const).flatMap((server) =>
  (Object.keys(troubles) as (keyof typeof troubles)[]).map((trouble) => ({
    name: `${server}-line-${trouble}`,
    about: `the line of one host to ${server} ${troubles[trouble].about}`,
    async run({ fire, choose, load }) {
      const line = fire.linesOf(pick(choose, baseHosts))[server];
      await troubles[trouble].make(line, choose);
      line.mend();
      await load.acknowledged(20);
      return { troubles: 1 };
    },
  })),
);
