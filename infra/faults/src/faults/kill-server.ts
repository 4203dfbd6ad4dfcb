import { setTimeout as pause } from "node:timers/promises";
import { startImmudbServer } from "@aethyr/bench/immudb";
import type { Fault } from "../fault.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

/** kill −9 of ImmuDB, over and over in the same log, while clients send. */
export const killServer: Fault = {
  name: "kill-server",
  about: "kill -9 of ImmuDB under load, several times in one log",
  holds: "[G1] [G2] [G3] [G5] whatever was acknowledged before a kill -9 of ImmuDB is there afterwards, once, in order",
  async run({ choose, directory, long, later, progress }) {
    const { server, place } = await startImmudbServer({ directory });
    later(server.stop);
    const world = await openWorld({ ...place("log"), create: true });
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(64), things: 1 + choose(100) });
    const kills = long ? 4 : 2;
    let longestMs = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      await senders.acknowledged(20 + choose(400));
      await pause(choose(20));
      progress(`kill ${kill} of ${kills}`);
      await server.kill("SIGKILL");
      await pause(choose(1_500));
      await server.restart();
      const backMs = performance.now();
      await senders.acknowledged(1);
      longestMs = Math.max(longestMs, performance.now() - backMs);
    }
    await senders.finish();
    await world.close();
    const { events } = await judge(place("log"), senders.accepted());
    return { counts: { kills, events, "longest recovery ms": Math.round(longestMs), ...senders.counts() } };
  },
};
