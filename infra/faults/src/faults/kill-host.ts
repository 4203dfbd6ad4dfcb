import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { must, type Fault } from "../fault.ts";
import { startHostChild, type HostChild } from "../world/host-child.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";

/** kill −9 of the host: by itself, exactly between a commit and its replies, and from outside, anywhere. */
export const killHost: Fault = {
  name: "kill-host",
  about: "kill -9 of the host process between commit and reply, and anywhere; the same commands sent again",
  holds: "[G3] a command whose host was killed between commit and reply takes effect once, and is answered the same for ever",
  async run({ choose, directory, long, later, progress }) {
    const { server, place } = await startImmudbServer({ directory });
    later(server.stop);
    const log = place("log");
    await (await openImmudbEventStore({ ...log, create: true })).close();
    const start = (dieAfterCommit: number): Promise<HostChild> => startHostChild({ log, dieAfterCommit });

    // Not in the first few, which make the things.
    let host = await start(6 + choose(20));
    later(() => host.kill());
    const senders = await startSenders({ ask: (command) => host.ask(command), choose, count: 4 + choose(28), things: 1 + choose(50) });
    const [deaths, counts] = [long ? 6 : 2, { "between commit and reply": 0, anywhere: 0 }];
    for (let death = 1; death <= deaths; death += 1) {
      progress(`death ${death} of ${deaths}`);
      const between = death % 2 === 1;
      if (death > 1) host = await start(between ? 2 + choose(20) : 0);
      if (between) {
        await host.ended;
      } else {
        await senders.acknowledged(10 + choose(200));
        await pause(choose(20));
        await host.kill();
      }
      counts[between ? "between commit and reply" : "anywhere"] += 1;
    }
    // Those that were decided and whose replies went down with the last host.
    host = await start(0);
    await senders.finish();
    // One that changed nothing recorded nothing, and is decided anew: it is not asked again.
    const recorded = senders.repeated().filter(({ reply }) => reply.code === "accepted" && reply.changed.length > 0);
    for (const { command, reply } of recorded) {
      const again = await host.ask(command);
      must(isDeepStrictEqual(again, reply), `${command.id} was answered ${JSON.stringify(reply)} first and ${JSON.stringify(again)} later`);
    }
    await host.kill();
    const { events } = await judge(log, senders.accepted());
    return { counts: { ...counts, events, repeated: recorded.length, ...senders.counts() } };
  },
};
