import { setTimeout as pause } from "node:timers/promises";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { must, type Fault } from "../fault.ts";
import { makeUserLog, userPassword } from "../world/as-user.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

/** The server forgets the session: it ends it underneath us, or is restarted in good order. */
export const sessionLoss: Fault = {
  name: "session-loss",
  about: "sessions are ended underneath the store, and the server is restarted",
  holds: "[G2] [G3] a session that the server ends underneath is opened again, and no command loses its outcome by it",
  async run({ choose, directory, long, later, progress }) {
    const running = await startImmudbServer({ directory });
    const { server, place } = running;
    later(server.stop);
    const user = await makeUserLog(running, "log");
    const world = await openWorld(user.place);
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(32), things: 1 + choose(50) });
    const losses = long ? 10 : 3;
    for (let loss = 1; loss <= losses; loss += 1) {
      await senders.acknowledged(10 + choose(100));
      progress(`session ${loss} of ${losses}`);
      // The same one again: it is the sessions that go.
      await user.setPassword(userPassword);
      await senders.acknowledged(1);
    }
    // Where the machine is so busy that a login takes long, a command may be told to come again; what became of it is always known.
    const answers = Object.keys(senders.counts()).filter((code) => code !== "accepted" && code !== "unavailable");
    must(
      answers.length === 0,
      `commands were answered ${answers.join(", ")} because sessions were ended: nothing was wrong with the server`,
    );
    const restarts = long ? 3 : 1;
    for (let restart = 1; restart <= restarts; restart += 1) {
      await senders.acknowledged(10 + choose(100));
      progress(`restart ${restart} of ${restarts}`);
      await pause(choose(50));
      await server.restart();
      await senders.acknowledged(1);
    }
    await senders.finish();
    await world.close();
    const { events } = await judge(place("log"), senders.accepted());
    return { counts: { "sessions ended": losses, restarts, events, ...senders.counts() } };
  },
};
