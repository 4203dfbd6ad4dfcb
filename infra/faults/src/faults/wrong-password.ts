import { inspect } from "node:util";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { must, type Fault } from "../fault.ts";
import { makeUserLog, userPassword } from "../world/as-user.ts";
import { judge } from "../world/judge.ts";
import { refusedOpening } from "../world/refused.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

const wrong = "Not-the-password-1";

/** A password that is wrong from the beginning, and one that becomes wrong while commands are under way. */
export const wrongPassword: Fault = {
  name: "wrong-password",
  about: "a wrong password at the start, and one that is changed under load and changed back",
  holds: "[G2] with a wrong password nothing is done, it is told to nobody, and the right one mends it",
  async run({ choose, directory, later, progress }) {
    const running = await startImmudbServer({ directory });
    const { server, place } = running;
    later(server.stop);
    const user = await makeUserLog(running, "log");
    const refusal = await refusedOpening("a wrong password", { ...user.place, password: wrong }, ["unavailable"]);
    must(!inspect(refusal, { depth: null }).includes(wrong), "the error of a wrong password tells the password");

    const world = await openWorld(user.place);
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(16), things: 1 + choose(50) });
    await senders.acknowledged(20 + choose(100));
    progress("another password");
    await user.setPassword(wrong);
    const before = senders.counts()["unavailable"] ?? 0;
    const witness = place("log");
    await senders.answered("unavailable", before + 5);
    const accepted = senders.accepted().length;
    await senders.answered("unavailable", before + 20);
    must(senders.accepted().length === accepted, "commands were accepted without a password that is right");
    progress("the right one again");
    await user.setPassword(userPassword);
    await senders.acknowledged(20);
    await senders.finish();
    await world.close();
    const { events } = await judge(witness, senders.accepted());
    return { counts: { events, ...senders.counts() } };
  },
};
