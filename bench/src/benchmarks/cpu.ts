import { createInProcessBus, type CommandLanes } from "@aethyr/bus";
import { createMemoryEventStore } from "@aethyr/event-store";
import { accepted, encodeReply, parseCommand } from "@aethyr/protocol";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Round } from "../harness/figure.ts";
import { startMeter, type Measured } from "../harness/meter.ts";
import { shown } from "../harness/report.ts";
import { checkStore } from "../history/check-store.ts";
import { createClient, type Client } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { createChoice, createNotes, createThings, runLoad, thing } from "../system/load.ts";

const inFlight = 64;
const things = 1_000;
/** At most; a short run warms up for as long as it measures. */
const warmUpSeconds = 2;

type Cost = Measured & { readonly usPerCommand: number; readonly perSecond: number };

async function costOf(client: Client, seconds: number): Promise<Cost> {
  const notes = createNotes(client);
  const choose = createChoice();
  const send = () => notes.sendTo(thing(choose(things)));
  await runLoad({ inFlight, seconds: Math.min(warmUpSeconds, seconds), send });
  const stop = startMeter();
  const { commands } = await runLoad({ inFlight, seconds, send });
  const measured = stop();
  return { ...measured, usPerCommand: measured.cpuUs / commands, perSecond: commands / measured.seconds };
}

/** Answers every command at once, as if it had been committed. */
const onlyReply = (bus: CommandLanes) =>
  bus.serve((delivery) => {
    const { id, target } = parseCommand(delivery);
    delivery.respond(encodeReply(accepted(id, [{ stream: target, version: 1 }], 1), delivery.contentType));
    delivery.acknowledge();
  });

async function floorCost(seconds: number): Promise<Cost> {
  const bus = createInProcessBus();
  const serving = await onlyReply(bus);
  const cost = await costOf(createClient(bus), seconds);
  await serving.close();
  await bus.close();
  return cost;
}

type Variant = { readonly name: string; readonly about: string; readonly relay: boolean; readonly aim?: Aim };

/** Microseconds of CPU of the whole process, client included, per command: what the program itself costs, without a disk. */
function cpu({ name, about, relay, aim }: Variant): Benchmark {
  async function round(seconds: number): Promise<Round & { readonly notes: readonly string[] }> {
    const store = createMemoryEventStore();
    const system = await startSystem({ store, relay });
    const client = createClient(system.bus);
    await createThings(client, things);
    const cost = await costOf(client, seconds);
    await system.close();
    const checked = await checkStore(store, client.accepted());
    const floor = await floorCost(seconds);
    return {
      value: cost.usPerCommand,
      floor: floor.usPerCommand,
      others: cost.others,
      notes: [`last round: ${shown(cost.perSecond)} commands/s (floor ${shown(floor.perSecond)})`, checked],
    };
  }

  return {
    name,
    about,
    async run({ rounds, seconds }, progress) {
      const done = [];
      for (let number = 1; number <= rounds; number += 1) {
        progress(`round ${number} of ${rounds}`);
        done.push(await round(seconds));
      }
      return figureOf({
        name,
        unit: "µs of CPU per command",
        ...(aim === undefined ? {} : { aim }),
        rounds: done,
        floorDoes: "the same client, bus and codec both ways, and a handler that reads the command and replies at once",
        notes: [
          `${inFlight} in flight, ${things} aggregates, memory store, event feed ${relay ? "on" : "off"}, client in the same process`,
          ...(done.at(-1)?.notes ?? []),
        ],
      });
    },
  };
}

export const cpuBenchmarks: readonly Benchmark[] = [
  cpu({
    name: "cpu",
    about: "µs of CPU per command of the whole process, memory store and in-process bus",
    relay: false,
    aim: { atMost: 40 },
  }),
  cpu({ name: "cpu-feed", about: "as cpu, with every event also put on the event feed", relay: true }),
];
