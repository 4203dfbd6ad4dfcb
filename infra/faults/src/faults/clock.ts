import { startImmudbServer } from "@aethyr/bench/immudb";
import { createChoice, envelopeOf, thing } from "@aethyr/bench/system";
import { readLog } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbPlace } from "@aethyr/event-store/immudb";
import { pathOf, snapshotOf } from "@aethyr/kernel";
import { hydrate, silentLog, systemPorts, type Ports } from "@aethyr/runtime";
import { world as domain } from "@aethyr/world";
import { isDeepStrictEqual } from "node:util";
import { must, type Fault } from "../fault.ts";
import { pick, type Choose } from "../random.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

const day = 24 * 3_600_000;
const things = 5;

/** A clock that anybody may set at any moment: back a century, ahead a decade, or not at all for a while. */
function jumpingClock(choose: Choose): { readonly ports: Ports; readonly jumps: () => number } {
  let [offsetMs, jumps] = [0, 0];
  let stopped: number | undefined;
  const now = (): number => {
    if (choose(4) === 0) {
      jumps += 1;
      offsetMs = pick(choose, [0, -1, 1, -day, day, -50 * 365 * day, 50 * 365 * day]) * (1 + choose(3));
      stopped = choose(3) === 0 ? Date.now() : undefined;
    }
    return (stopped ?? Date.now()) + offsetMs;
  };
  return { ports: { ...systemPorts, now }, jumps: () => jumps };
}

/** The same commands, one after the other, with a clock: what became of them, but for the times. */
async function history(log: ImmudbPlace, ports: Ports, seed: number, commands: number): Promise<unknown> {
  const world = await openWorld({ ...log, create: true }, ports);
  const choose = createChoice(seed);
  const replies: unknown[] = [];
  for (let number = 0; number < commands; number += 1) {
    const target = thing(choose(things));
    const command =
      choose(4) === 0
        ? envelopeOf("CreateGameObject", target, { name: "thing" })
        : choose(3) === 0
          ? envelopeOf("UpdateGameObjectContainer", target, { containerId: pathOf(thing(choose(things))) })
          : envelopeOf("UpdateGameObjectAttribute", target, { key: `note${choose(3)}`, value: number });
    const reply = await world.ask({ ...command, id: `command-${number}` });
    replies.push(reply?.code === "accepted" ? { ...reply, position: 0 } : { code: reply?.code });
  }
  const events: unknown[] = [];
  for await (const { stream, version, type, data, id } of readLog(world.store)) events.push({ stream, version, type, data, id });
  const states: unknown[] = [];
  for (let number = 0; number < things; number += 1) {
    const kind = domain.aggregates.get(thing(number).type);
    if (kind === undefined) continue;
    const { instance } = await hydrate(world.store, kind, thing(number), silentLog);
    states.push(snapshotOf(instance).state);
  }
  await world.close();
  return { replies, events, states };
}

/** The host's clock jumps with every look at it. */
export const clockJumps: Fault = {
  name: "clock",
  about: "the host's clock jumps by decades, back and forth, and stands still",
  holds: "[G1] [G9] the time of an event is told and never decides: with any clock the same commands make the same history",
  async run({ choose, directory, long, later, progress }) {
    const { server, place } = await startImmudbServer({ directory });
    later(server.stop);
    const seed = choose(1_000_000);
    const commands = long ? 400 : 60;
    const clock = jumpingClock(choose);
    progress("the same commands with a good clock and with a bad one");
    const good = await history(place("good"), systemPorts, seed, commands);
    const bad = await history(place("bad"), clock.ports, seed, commands);
    must(isDeepStrictEqual(good, bad), "the same commands made another history because of the clock");

    progress("load with a bad clock");
    const log = place("log");
    const first = await openWorld({ ...log, create: true }, clock.ports);
    later(first.close);
    const senders = await startSenders({ ask: first.ask, choose, count: 1 + choose(32), things: 1 + choose(50) });
    await senders.acknowledged(long ? 1_000 : 200);
    await senders.finish();
    await first.close();
    const { events } = await judge(log, senders.accepted());
    const store = await openImmudbEventStore(log);
    let [last, back] = ["", 0];
    for await (const { time } of readLog(store)) {
      if (time < last) back += 1;
      last = time;
    }
    await store.close();
    must(back > 0, "the clock did not jump: the fault is not what it should be");
    return { counts: { commands: commands * 2, jumps: clock.jumps(), "events older than the one before": back, events } };
  },
};
