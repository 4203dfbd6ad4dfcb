import { pathOf, type Ref } from "@aethyr/kernel";
import { partitionOf } from "@aethyr/protocol";
import { percentile } from "../harness/stats.ts";
import { runLoad, thing } from "../system/load.ts";
import { choosing } from "./choices.ts";
import { openFloorSender } from "./floor-sender.ts";
import { nowMs, type ClientPlace, type LoadCalls, type Probed } from "./places.ts";
import { untilAccepted } from "./sender.ts";
import { openSystemSender } from "./system-sender.ts";

/** A client in a process of its own, which does what its parent asks: see `LoadCalls`. */
const place = JSON.parse(process.argv[2] ?? "{}") as ClientPlace;
const sender = "system" in place ? await openSystemSender(place.system) : await openFloorSender(place.floor);

const creationsInFlight = 128;
/** Between a reply and the next command to the same partition while hosts come and go: the grain of the pauses that are found. */
const probeEveryMs = 20;
/** After which a probe sends its command again: who had it may be gone. */
const probeTimeoutMs = 250;

type Probing = { readonly accepted: [number, number][][]; stopping: number | undefined; readonly done: Promise<unknown> };
let probing: Probing | undefined;

const calls: LoadCalls = {
  async create(count) {
    let next = 0;
    const create = async (): Promise<void> => {
      while (next < count) await untilAccepted(sender, { lane: "request", command: sender.create(thing(next++)) });
    };
    await Promise.all(Array.from({ length: creationsInFlight }, create));
  },

  async run({ lane, choice, inFlight, seconds, things }) {
    const choose = choosing(choice, things);
    let again = 0;
    const send = async (): Promise<void> => {
      again += (await untilAccepted(sender, { lane, command: sender.note(thing(choose())) })).again;
    };
    const { commands, p50Ms, p99Ms, seconds: took } = await runLoad({ inFlight, seconds, send });
    return { commands, seconds: took, p50Ms, p99Ms, again };
  },

  async offer({ rate, seconds, things }) {
    const choose = choosing("uniform", things);
    const repliedMs = new Map<number, number>();
    const arrivedMs = new Map<number, number>();
    const following = await sender.follow((position) => arrivedMs.set(position, performance.now()));
    const open = new Set<Promise<void>>();
    const failures: unknown[] = [];
    const startedMs = performance.now();
    let sent = 0;
    const send = async (): Promise<void> => {
      const { position } = await untilAccepted(sender, { lane: "request", command: sender.note(thing(choose())) });
      repliedMs.set(position, performance.now());
    };
    for (let elapsedMs = 0; elapsedMs < seconds * 1000; elapsedMs = performance.now() - startedMs) {
      // What is due by now, unless the world is so far behind that more would only wait in it.
      for (const due = (elapsedMs / 1000) * rate; sent < due && open.size < mostOpen; sent += 1) {
        const one = send().catch((error: unknown) => void failures.push(error));
        open.add(one);
        void one.finally(() => open.delete(one));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(open);
    const tookSeconds = (performance.now() - startedMs) / 1000;
    if (failures.length > 0) throw failures[0];
    await until(() => [...repliedMs.keys()].every((position) => arrivedMs.has(position)), "every event to come on the feed");
    await following.close();
    // An event may come before its reply, which another process sends: then it is at once.
    const lags = [...repliedMs].map(([position, ms]) => Math.max(0, (arrivedMs.get(position) ?? ms) - ms));
    const early = lags.filter((ms) => ms === 0).length / lags.length;
    return { reached: sent / tookSeconds, events: lags.length, early, p50Ms: percentile(lags, 0.5), p99Ms: percentile(lags, 0.99) };
  },

  async probe(partitions) {
    const accepted: [number, number][][] = Array.from({ length: partitions }, () => []);
    const current: { -readonly [K in keyof Probing]: Probing[K] } = { accepted, stopping: undefined, done: Promise.resolve() };
    const targets = thingOfEach(partitions);
    current.done = Promise.all(
      targets.map(async (target, partition) => {
        const own = accepted[partition] ?? [];
        while (current.stopping === undefined || (own.at(-1)?.[0] ?? 0) < current.stopping) {
          own.push(await acceptedProbe(target));
          await new Promise((resolve) => setTimeout(resolve, probeEveryMs));
        }
      }),
    );
    current.done.catch(() => undefined);
    probing = current;
    await until(() => accepted.every(({ length }) => length > 1), "a command of each partition to be accepted");
  },

  async probed(): Promise<Probed> {
    if (probing === undefined) throw new Error("nothing is probed");
    probing.stopping = nowMs();
    await probing.done;
    const { accepted } = probing;
    probing = undefined;
    return accepted;
  },

  check: () => sender.check(),
};

const mostOpen = 2_000;
const patienceMs = 60_000;

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const untilMs = performance.now() + patienceMs; !holds();) {
    if (performance.now() > untilMs) throw new Error(`it took too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** When the attempt was sent that was accepted, and when that was known. */
async function acceptedProbe(target: Ref): Promise<[number, number]> {
  const command = sender.note(target);
  for (;;) {
    const sentMs = nowMs();
    const { code, message } = await sender.send("request", command, probeTimeoutMs);
    if (code === "accepted") return [sentMs, nowMs()];
    if (code !== "unavailable" && code !== "outcome_unknown" && code !== "busy")
      throw new Error(`${pathOf(target)} answered ${code}: ${message}`);
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs / 2));
  }
}

function thingOfEach(partitions: number): readonly Ref[] {
  const found = new Map<number, Ref>();
  for (let number = 0; found.size < partitions; number += 1) {
    const partition = partitionOf(thing(number), partitions);
    if (!found.has(partition)) found.set(partition, thing(number));
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([, target]) => target);
}

type Asked = { readonly call: keyof LoadCalls; readonly with: never };

process.on("message", (message) => {
  const asked = message as Asked;
  const work = calls[asked.call] as (given: unknown) => Promise<unknown>;
  work(asked.with).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
