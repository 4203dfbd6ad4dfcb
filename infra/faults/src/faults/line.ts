import { setTimeout as pause } from "node:timers/promises";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { openUnrulyLine, type UnrulyLine } from "@aethyr/servers";
import type { Fault } from "../fault.ts";
import { pick, type Choose } from "../random.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

/** Longer than the store waits before it takes a silent line for lost. */
const longSilenceMs = 2_500;

type Trouble = (line: UnrulyLine, choose: Choose) => Promise<void>;

const troubles: Readonly<Record<string, Trouble>> = {
  cuts: async (line, choose) => {
    line.cut();
    await pause(choose(300));
  },
  // The server does what it is asked, and nobody hears of it.
  "lost answers": async (line, choose) => {
    line.deafen();
    await pause(20 + choose(200));
    line.cut();
  },
  "lost requests": async (line, choose) => {
    line.mute();
    await pause(20 + choose(200));
    line.cut();
  },
  // Nothing is passed on and nothing ends: only time tells.
  "black holes": async (line, choose) => {
    line.deafen();
    if (choose(2) === 0) line.mute();
    await pause(choose(longSilenceMs * 2));
    // A connection that has missed a part of what was said cannot go on.
    line.cut();
  },
  delays: async (line, choose) => {
    line.slow(1 + choose(400));
    await pause(choose(1_000));
  },
};

/** The way to the server is bad, in every way that a line can be. */
export const badLine: Fault = {
  name: "line",
  about: "connections are cut, delayed, deaf, mute and black holes, under load",
  holds: "[G1] [G2] [G3] however bad the line to ImmuDB is, a command takes effect once, and its reply is the true one",
  async run({ choose, directory, long, later, progress }) {
    const { server, place } = await startImmudbServer({ directory });
    later(server.stop);
    const line = await openUnrulyLine(server.port);
    later(line.close);
    const world = await openWorld({ ...place("log"), create: true, address: line.address });
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(32), things: 1 + choose(50) });
    const met: Record<string, number> = {};
    // Each kind at least once.
    const names = Object.keys(troubles).concat(long ? Array.from({ length: 7 }, () => pick(choose, Object.keys(troubles))) : []);
    for (const name of names) {
      await senders.acknowledged(10 + choose(100));
      progress(name);
      await troubles[name]?.(line, choose);
      line.mend();
      await senders.acknowledged(1);
      met[name] = (met[name] ?? 0) + 1;
    }
    await senders.finish();
    await world.close();
    const { events } = await judge(place("log"), senders.accepted());
    return { counts: { ...met, events, ...senders.counts() } };
  },
};
