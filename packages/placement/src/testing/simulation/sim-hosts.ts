import { OutcomeUnknownError } from "@aethyr/event-store";
import type { Board } from "../../board.ts";
import { silentLog, type PartitionServer, type PlacementOptions, type ServePartition } from "../../options.ts";
import { startPlacement } from "../../placement.ts";
import type { SimLog } from "./sim-log.ts";
import { createMachine } from "./machine.ts";
import { remoteBoard } from "./remote-board.ts";
import { partitions, type SimHost, type Stage, type Stint } from "./stage.ts";

/** Coarser than in earnest: what is proven is no matter of milliseconds. */
const options: PlacementOptions = { tickMs: 250, beatMs: 500, closeMs: 20_000, drainMs: 5_000 };

/** How hosts come and go. */
export type SimHosts = {
  join(name: string): Promise<void>;
  crash(host: SimHost): void;
  leave(host: SimHost): void;
};

export function createSimHosts(stage: Stage, log: SimLog): SimHosts {
  const { board, chance, clock, hosts, never, note, plain, stints, weather } = stage;

  /** The board over the host's line, where the log hears of leases that were written. */
  function boardOf({ name, machine, toBoard }: SimHost): Board {
    const remote = remoteBoard(board.connect(), machine, toBoard, clock, chance, weather);
    const claim: Board["leases"]["claim"] = async (partition, wanted, seen) => {
      const revision = await plain.leases.claim(partition, wanted, seen);
      log.leaseWritten(name, partition);
      return revision;
    };
    const unknown = (): Error => new OutcomeUnknownError("no answer in time");
    return {
      ...remote,
      leases: { ...remote.leases, claim: (...those) => machine.call(toBoard, () => claim(...those), unknown) },
    };
  }

  const serveOn =
    (host: SimHost): ServePartition =>
    async (partition, fence, onLost) => {
      const { name, machine } = host;
      await machine.work(30);
      if (weather.rough && chance.is(0.02)) throw new Error("the partition cannot be served");
      for (const stint of stints) {
        if (stint.host === host && stint.partition === partition) never(`${name} serves ${partition} twice`);
      }
      const stint: Stint = { host, partition, fence, up: true };
      stints.add(stint);
      note(`${name} serves ${partition}, epoch ${fence.epoch}`);
      log.keepCommitting(stint, onLost);
      return serverOf(stint);
    };

  function serverOf(stint: Stint): PartitionServer {
    const { host, partition } = stint;
    const end = (how: string): void => {
      if (!stint.up) return;
      stint.up = false;
      stints.delete(stint);
      note(`${host.name} ${how} ${partition}`);
    };
    return {
      drain: async () => {
        host.draining += 1;
        if (host.draining > 2 && !host.leaving) never(`${host.name} hands over ${host.draining} partitions at once`);
        await host.machine.work(weather.rough && chance.is(0.03) ? 8_000 : 100);
        host.draining -= 1;
        end("drained");
      },
      abandon: async () => {
        await host.machine.work(50);
        end("abandoned");
      },
    };
  }

  return {
    async join(name) {
      const machine = createMachine(clock, chance, weather);
      const host: SimHost = {
        name,
        machine,
        toBoard: { up: true, waiting: [] },
        toStore: { up: true, waiting: [] },
        placement: undefined,
        leaving: false,
        left: false,
        draining: 0,
      };
      hosts.push(host);
      note(`${name} joins`);
      try {
        host.placement = await startPlacement({
          board: boardOf(host),
          fences: log.fencesOf(host),
          partitions,
          self: { host: name, version: "1", weight: 1 },
          clock: machine.clock,
          random: () => chance.next(),
          log: silentLog,
          options,
          serve: serveOn(host),
        });
      } catch {
        // The board was away, or its name not free yet: like a process that ends.
        note(`${name} could not join`);
        machine.crash();
        host.left = true;
      }
    },
    crash(host) {
      note(`${host.name} crashes`);
      host.machine.crash();
      host.left = true;
      for (const stint of stints) {
        if (stint.host !== host) continue;
        stint.up = false;
        stints.delete(stint);
      }
    },
    leave(host) {
      note(`${host.name} leaves`);
      host.leaving = true;
      void host.placement?.close().then(() => {
        host.left = true;
        const stays = [...stints].some((stint) => stint.host === host);
        if (stays && host.machine.isUp()) never(`${host.name} left and still serves something`);
      });
    },
  };
}
