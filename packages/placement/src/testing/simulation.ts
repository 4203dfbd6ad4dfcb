import { createMemoryEventStore, FencedError, OutcomeUnknownError, type Fence, type Fences } from "@aethyr/event-store";
import { ref, type NewEvent } from "@aethyr/kernel";
import { desiredOwners } from "../desired-owners.ts";
import { createMemoryBoard } from "../memory/memory-board.ts";
import { silentLog, type PlacementOptions } from "../options.ts";
import { partitionNumber } from "../partition-name.ts";
import { startPlacement, type Placement } from "../placement.ts";
import { createChance } from "./chance.ts";
import { createMachine, type Link, type Machine, type Weather } from "./machine.ts";
import { remoteBoard } from "./remote-board.ts";
import { createVirtualClock } from "./virtual-clock.ts";

type SimHost = {
  readonly name: string;
  readonly machine: Machine;
  readonly toBoard: Link;
  readonly toStore: Link;
  placement: Placement | undefined;
  /** It was told to give everything away, or to go. */
  leaving: boolean;
  left: boolean;
  draining: number;
};

type Sitting = { readonly host: SimHost; readonly partition: number; readonly fence: Fence; up: boolean };

export type SimulationResult = {
  /** What must never be and was. */
  readonly wrong: readonly string[];
  readonly commits: number;
  readonly refused: number;
  readonly raised: number;
  readonly takeovers: number;
  readonly handOvers: number;
  readonly stalls: number;
  /** Virtual milliseconds from the end of all trouble until everything was where it belongs. */
  readonly settledMs: number;
};

const partitions = { count: 6, mapEpoch: 1 } as const;
/** Coarser than in earnest: what is proven is no matter of milliseconds. */
const options: PlacementOptions = { tickMs: 250, beatMs: 500, closeMs: 20_000, drainMs: 5_000 };
const names = ["ash", "birch", "cedar", "dogwood"] as const;
const troubleMs = 45_000;
const quietMs = 120_000;
const restMs = 20_000;

/**
 * Plays hosts on one board and one log through trouble that the seed decides: machines that sleep between any two steps, crash, come and go,
 * lines that break, answers that get lost, clocks that go wrong, an operator who wishes. Then lets it be quiet.
 */
export async function simulate(seed: number): Promise<SimulationResult> {
  const chance = createChance(seed);
  const weather: Weather = { rough: true };
  const clock = createVirtualClock();
  const board = createMemoryBoard({ clock });
  const store = createMemoryEventStore();
  const hosts: SimHost[] = [];
  const sittings = new Set<Sitting>();
  const wrong: string[] = [];
  const notes: string[] = [];
  const [pins, leaseWrites, epochOf] = [new Map<number, string>(), new Map<string, number>(), new Map<string, number>()];
  const lastAccepted = new Map<number, number>();
  const raisedBy = new Map<string, SimHost>();
  const lastRaise = new Map<string, number>();
  let [commits, refused, raised, events, steps] = [0, 0, 0, 0, 0];

  const note = (text: string): void => void notes.push(`${Math.round(clock.monotonic())} ${text}`);
  const never = (text: string): void => void wrong.push(`seed ${seed}, at ${Math.round(clock.monotonic())} ms: ${text}`);

  const event = (): NewEvent => {
    events += 1;
    const meta = { command: `c${events}`, actor: "player/ada", correlation: `c${events}`, causation: null };
    return { id: `c${events}/0`, type: "RoomCreated", schema: 1, machine: 1, time: "2026-01-02T03:04:05.678Z", data: {}, meta };
  };

  /** Fences that look at the order of what is done with them. */
  const fencesOf = (host: SimHost): Pick<Fences, "read" | "raise"> => {
    const unknown = (): Error => new OutcomeUnknownError("no answer in time");
    return {
      read: (partition) => host.machine.call(host.toStore, () => store.fences.read(partition), unknown),
      raise: (seen) =>
        host.machine.call(
          host.toStore,
          async () => {
            const fence = await store.fences.raise(seen);
            steps += 1;
            // Whoever raises over another had the lease after the other had raised: else one that slept would shut out its successor.
            const written = leaseWrites.get(`${host.name} ${seen.partition}`) ?? -1;
            if (written < (lastRaise.get(seen.partition) ?? 0)) {
              never(`${host.name} shut out a successor from ${seen.partition} with epoch ${fence.epoch}`);
            }
            lastRaise.set(seen.partition, steps);
            raised += 1;
            raisedBy.set(`${fence.partition} ${fence.epoch}`, host);
            epochOf.set(fence.partition, fence.epoch);
            return fence;
          },
          unknown,
        ),
    };
  };

  async function commit(sitting: Sitting): Promise<void> {
    const { host, partition, fence } = sitting;
    const [result] = await host.machine.call(
      host.toStore,
      async () => {
        const results = await store.append([
          { writes: [{ stream: ref("room", `r${partition}`), expected: "any", events: [event()], ends: false }], fence },
        ]);
        if (results[0]?.ok === true) {
          commits += 1;
          if (fence.epoch !== epochOf.get(fence.partition)) never(`${host.name} committed in ${fence.partition} under an older fence`);
          if (raisedBy.get(`${fence.partition} ${fence.epoch}`) !== host) never(`${host.name} committed under a fence of another host`);
          if (fence.epoch < (lastAccepted.get(partition) ?? 0)) never(`epochs of commits in ${fence.partition} went back`);
          lastAccepted.set(partition, fence.epoch);
        }
        return results;
      },
      () => new OutcomeUnknownError("no answer in time"),
    );
    if (result?.ok === false && result.error instanceof FencedError) throw result.error;
  }

  /** Commits as long as it sits there, whatever it should know. */
  function keepCommitting(sitting: Sitting, onLost: () => void): void {
    sitting.host.machine.clock.after(chance.between(300, 2_000), () => {
      if (!sitting.up) return;
      commit(sitting).then(
        () => keepCommitting(sitting, onLost),
        (error: unknown) => {
          if (!(error instanceof FencedError)) return keepCommitting(sitting, onLost);
          refused += 1;
          // Not every seat notices.
          if (chance.is(0.5)) onLost();
          else keepCommitting(sitting, onLost);
        },
      );
    });
  }

  async function join(name: string): Promise<void> {
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
    const remote = remoteBoard(board.connect(), machine, host.toBoard, clock, chance, weather);
    note(`${name} joins`);
    try {
      host.placement = await startPlacement({
        board: {
          ...remote,
          leases: {
            ...remote.leases,
            claim: (partition, claim, seen) =>
              machine.call(
                host.toBoard,
                async () => {
                  const revision = await plain.leases.claim(partition, claim, seen);
                  steps += 1;
                  leaseWrites.set(`${name} ${partition}`, steps);
                  return revision;
                },
                () => new OutcomeUnknownError("no answer in time"),
              ),
          },
        },
        fences: fencesOf(host),
        partitions,
        self: { host: name, version: "1", weight: 1 },
        clock: machine.clock,
        random: () => chance.next(),
        log: silentLog,
        options,
        seat: async (partition, fence, onLost) => {
          await machine.work(30);
          if (weather.rough && chance.is(0.02)) throw new Error("the seat is broken");
          for (const sitting of sittings) {
            if (sitting.host === host && sitting.partition === partition) never(`${name} sits twice at ${partition}`);
          }
          const sitting: Sitting = { host, partition, fence, up: true };
          sittings.add(sitting);
          note(`${name} sits at ${partition}, epoch ${fence.epoch}`);
          keepCommitting(sitting, onLost);
          const end = (how: string): void => {
            if (!sitting.up) return;
            sitting.up = false;
            sittings.delete(sitting);
            note(`${name} ${how} ${partition}`);
          };
          return {
            drain: async () => {
              host.draining += 1;
              if (host.draining > 2 && !host.leaving) never(`${name} hands over ${host.draining} partitions at once`);
              await machine.work(weather.rough && chance.is(0.03) ? 8_000 : 100);
              host.draining -= 1;
              end("drained");
            },
            abandon: async () => {
              await machine.work(50);
              end("abandoned");
            },
          };
        },
      });
    } catch {
      // The board was away, or its name not free yet: like a process that ends.
      note(`${name} could not join`);
      machine.crash();
      host.left = true;
    }
  }

  const plain = board.connect();
  const present = (): readonly SimHost[] => hosts.filter(({ machine, left }) => machine.isUp() && !left);
  const serving = (): readonly SimHost[] => present().filter(({ leaving, placement }) => !leaving && placement !== undefined);

  function crash(host: SimHost): void {
    note(`${host.name} crashes`);
    host.machine.crash();
    host.left = true;
    for (const sitting of sittings) {
      if (sitting.host !== host) continue;
      sitting.up = false;
      sittings.delete(sitting);
    }
  }
  function leave(host: SimHost): void {
    note(`${host.name} leaves`);
    host.leaving = true;
    void host.placement?.close().then(() => {
      host.left = true;
      const stays = [...sittings].some((sitting) => sitting.host === host);
      if (stays && host.machine.isUp()) never(`${host.name} left and still sits somewhere`);
    });
  }
  function restore(link: Link): void {
    link.up = true;
    for (const send of link.waiting.splice(0)) send();
  }
  function cut(links: readonly Link[], ms: number): void {
    for (const link of links) link.up = false;
    clock.after(ms, () => links.forEach(restore));
  }
  function move(): void {
    const host = chance.of(serving());
    const [partition, onto] = [Math.floor(chance.between(0, partitions.count)), chance.is(0.7) ? chance.of(serving()).name : undefined];
    void host.placement?.move(partition, onto).catch(() => {
      // The board was away, or the host does not see that one.
    });
  }

  /** Something bad, or just something. */
  function trouble(): void {
    const free = names.filter((name) => present().every((host) => host.name !== name));
    if (serving().length === 0) {
      if (free.length > 0) void join(chance.of(free));
      return;
    }
    const host = chance.of(serving());
    const kind = chance.next();
    if (kind < 0.25) host.machine.sleep(chance.between(50, 25_000));
    else if (kind < 0.4) cut([host.toBoard], chance.between(200, 18_000));
    else if (kind < 0.5) cut([host.toStore], chance.between(200, 10_000));
    else if (kind < 0.55)
      cut(
        hosts.map(({ toBoard }) => toBoard),
        chance.between(500, 20_000),
      );
    else if (kind < 0.7 && free.length > 0) void join(chance.of(free));
    else if (kind < 0.8 && serving().length > 1) crash(host);
    else if (kind < 0.87 && serving().length > 1) leave(host);
    else if (kind < 0.97) move();
    else if (serving().length > 1) {
      host.leaving = true;
      void host.placement?.drain();
    }
  }

  /** What is not as it should be once all is quiet. */
  async function amiss(): Promise<string | undefined> {
    if (present().some(({ placement }) => placement === undefined)) return "somebody is joining";
    const candidates = serving().map(({ name }) => ({ host: name, weight: 1 }));
    const watch = await plain.watch((change) => {
      if (change.kind !== "pin") return;
      const partition = partitionNumber(partitions, change.partition);
      if (partition !== undefined && change.host !== undefined) pins.set(partition, change.host);
    });
    await watch.close();
    const desired = desiredOwners(candidates, partitions.count, pins);
    pins.clear();
    for (const [partition, owner] of desired.entries()) {
      const sitting = [...sittings].filter((one) => one.partition === partition);
      if (sitting.length !== 1 || sitting[0]?.host.name !== owner) {
        return `partition ${partition} is at ${sitting.map(({ host }) => host.name).join(", ") || "nobody"}, should be at ${owner}`;
      }
      for (const { name, placement } of serving()) {
        const seen = placement?.view().partitions[partition];
        if (seen?.owner !== owner || seen?.state !== "active") return `${name} sees partition ${partition} as ${JSON.stringify(seen)}`;
      }
    }
    return undefined;
  }

  for (const name of names.slice(0, 3)) void join(name);
  while (clock.monotonic() < troubleMs) {
    await clock.advance(chance.between(200, 4_000));
    trouble();
  }
  note("quiet");
  weather.rough = false;
  for (const { machine, toBoard, toStore } of hosts) {
    machine.wake();
    restore(toBoard);
    restore(toStore);
  }
  if (serving().length === 0) void join(names.find((name) => present().every((host) => host.name !== name)) ?? "elm");
  const quietFrom = clock.monotonic();
  let why: string | undefined = "nothing was looked at";
  // Whoever crashed a moment ago is not known to be dead yet: what is right has to stay so for longer than that takes.
  for (let right = 0; right < 6 && clock.monotonic() < quietFrom + quietMs;) {
    await clock.advance(1_000);
    why = await amiss();
    right = why === undefined ? right + 1 : 0;
  }
  const settledMs = clock.monotonic() - quietFrom;
  if (why !== undefined) never(`not settled after ${quietMs} ms: ${why}`);
  const before = notes.length;
  await clock.advance(restMs);
  if (notes.length > before) never(`it flaps: ${notes.slice(before).join("; ")}`);

  const counts = hosts.map(({ placement }) => placement?.view().counts);
  const sum = (of: "takeovers" | "handOvers" | "stalls"): number => counts.reduce((all, one) => all + (one?.[of] ?? 0), 0);
  const result = { takeovers: sum("takeovers"), handOvers: sum("handOvers"), stalls: sum("stalls") };
  for (const host of present()) leave(host);
  await clock.advance(60_000);
  for (const { name } of present()) never(`${name} does not end`);
  return { wrong: wrong.length === 0 ? wrong : [...wrong, ...notes], commits, refused, raised, ...result, settledMs };
}
