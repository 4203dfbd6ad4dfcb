import { setTimeout as pause } from "node:timers/promises";
import { acceptedCommand, type AcceptedCommand, type NumberedCommand } from "@aethyr/bench/history";
import { envelopeOf, thing } from "@aethyr/bench/system";
import { BusError, requestCommand, type Bus } from "@aethyr/bus";
import { pathOf, type Ref } from "@aethyr/kernel";
import { decodeReply, encodeCommand, retryable, type CommandEnvelope, type Reply, type ReplyCode } from "@aethyr/protocol";
import { must } from "../fault.ts";
import { pick, type Choose } from "../random.ts";
import { patienceMs } from "./fire-cluster.ts";

/** What all rounds on one cluster have sent and were told. */
export type Records = {
  readonly accepted: AcceptedCommand[];
  readonly sent: NumberedCommand[];
  /** Ids of those that a host may be given more than once: sent again, or on the queue lane. */
  readonly copied: Set<string>;
  /** Of those that found nothing to do: the newest position that anybody had been told by then. */
  readonly nothingToDo: Map<string, number>;
};

/**
 * Clients as the protocol wants them: on the request lane they send one command at a time and repeat it under its id until it is answered for
 * good; on the queue lane they have up to some commands waiting, and ask for an answer that does not come, again under its id.
 */
export type Load = {
  /** Resolves after so many more commands were accepted. Rejects where that takes too long, or anything else is wrong. */
  acknowledged(count: number): Promise<void>;
  /** Resolves when each sender has had a command accepted that it sent after this call. Rejects as above. */
  acknowledgedToAll(): Promise<void>;
  /** Sends nothing new, and resolves when every command has its answer, which was `accepted`. */
  finish(): Promise<void>;
  counts(): Readonly<Record<string, number>>;
};

export type LoadParts = {
  readonly buses: readonly Bus[];
  readonly records: Records;
  /** Names the round: senders of different rounds are different ones. */
  readonly round: string;
  readonly choicesOf: (sender: string) => Choose;
};

const things = { hot: 4, cold: 60, chests: 4 } as const;
const [requestSenders, queueSenders] = [6, 4];
/** Of the queue lane's senders: how many commands of theirs wait for an answer at once. */
const windows = [1, 8] as const;
const requestTimeoutMs = 5_000;
const answerWithinMs = 8_000;
const pauseMs = 50;
/** Of the rounds before: the newest is among the last. */
const positionsLookedAt = 100;

const cold = (number: number): Ref => thing(number);
const hot = (number: number): Ref => thing(800_000 + number);
const chest = (number: number): Ref => thing(900_000 + number);
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);

/** Makes the things that all rounds on a cluster are about. */
export async function makeThings(bus: Bus, { accepted }: Pick<Records, "accepted">): Promise<void> {
  const all = [...range(things.cold).map(cold), ...range(things.hot).map(hot), ...range(things.chests).map(chest)];
  await Promise.all(
    all.map(async (target) => {
      const reply = await answered(bus, envelopeOf("CreateGameObject", target, { name: "thing" }), () => undefined);
      must(reply.code === "accepted", `a thing could not be made: ${reply.code}`);
      accepted.push(acceptedCommand(reply));
    }),
  );
}

/** Asks on the request lane until the answer is final. */
async function answered(bus: Bus, command: CommandEnvelope, count: (code: ReplyCode) => void): Promise<Reply> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const reply = await requestCommand(bus, command, { timeoutMs: requestTimeoutMs });
    count(reply.code);
    if (!retryable.has(reply.code)) return reply;
    must(
      performance.now() < untilMs,
      `no answer: ${command.type} ${command.id} to ${pathOf(command.target)} was answered ${reply.code} for ${patienceMs} ms, last: ${"message" in reply ? reply.message : ""}`,
    );
    await pause(pauseMs);
  }
}

type Waiting = { readonly command: CommandEnvelope; readonly reply: Promise<Reply>; readonly sentMs: number };

export function startLoad({ buses, records, round, choicesOf }: LoadParts): Load {
  const counts: Partial<Record<ReplyCode | "asked again" | "kept again", number>> = {};
  const count = (what: ReplyCode | "asked again" | "kept again"): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const waiters = new Set<(sender: string, sentMs: number) => void>();
  const startedMs = performance.now();
  let [total, newestMs, longestPauseMs, longestWaitMs] = [0, startedMs, 0, 0];
  let newestPosition = Math.max(0, ...records.accepted.slice(-positionsLookedAt).map(({ position }) => position));
  let finishing = false;

  function keep(sender: string, { id, type, target }: CommandEnvelope, reply: Reply, sentMs: number): number {
    const why = reply.code === "accepted" ? "" : `: ${reply.message}`;
    must(reply.code === "accepted", `${type} ${id} to ${pathOf(target)} was answered ${reply.code}${why}`);
    records.accepted.push(acceptedCommand(reply));
    if (reply.position === 0) records.nothingToDo.set(id, newestPosition);
    newestPosition = Math.max(newestPosition, reply.position);
    total += 1;
    const nowMs = performance.now();
    longestPauseMs = Math.max(longestPauseMs, nowMs - newestMs);
    longestWaitMs = Math.max(longestWaitMs, nowMs - sentMs);
    newestMs = nowMs;
    for (const waiter of waiters) waiter(sender, sentMs);
    return reply.position;
  }

  /** A note on a thing, mostly on one of the few that all write to; or a thing given from one chest to another, which changes all three or nothing. */
  function next(choose: Choose, sender: string, number: number): CommandEnvelope {
    if (choose(4) === 0)
      return envelopeOf("UpdateGameObjectContainer", cold(choose(things.cold)), { containerId: pathOf(chest(choose(things.chests))) });
    const target = choose(2) === 0 ? hot(choose(things.hot)) : cold(choose(things.cold));
    return noteOf(target, sender, number);
  }
  const noteOf = (target: Ref, sender: string, number: number): CommandEnvelope =>
    envelopeOf("UpdateGameObjectAttribute", target, { key: sender.replaceAll("/", "-"), value: String(number) });

  function record(command: CommandEnvelope, sender: string, lane: "queue" | "request", number: number): void {
    records.sent.push({ id: command.id, sender, lane, target: pathOf(command.target), number });
  }

  async function request(sender: string, bus: Bus): Promise<void> {
    const choose = choicesOf(sender);
    let newest = 0;
    for (let number = 1; !finishing; number += 1) {
      const command = next(choose, sender, number);
      record(command, sender, "request", number);
      const sentMs = performance.now();
      const told = (code: ReplyCode): void => {
        count(code);
        if (retryable.has(code)) records.copied.add(command.id);
      };
      const position = keep(sender, command, await answered(bus, command, told), sentMs);
      // One that found nothing to do has no position.
      must(
        position === 0 || position > newest,
        `reordered: a command sent after the reply at position ${newest} was committed at ${position}, before it`,
      );
      newest = Math.max(newest, position);
    }
  }

  async function enqueue(bus: Bus, command: CommandEnvelope): Promise<Waiting> {
    const sentMs = performance.now();
    const reply = Promise.withResolvers<Reply>();
    const message = { ...encodeCommand(command, "application/msgpack"), id: command.id, target: command.target };
    for (;;) {
      try {
        await bus.enqueue(message, { onReply: (payload) => reply.resolve(decodeReply(payload)) });
        return { command, reply: reply.promise, sentMs };
      } catch (error) {
        if (!(error instanceof BusError) || error.code === "closed" || error.code === "too_large") throw error;
        must(performance.now() < sentMs + patienceMs, `the queue lane did not keep ${command.id} in ${patienceMs} ms: ${error.message}`);
        count("kept again");
        await pause(pauseMs);
      }
    }
  }

  /** The answer to the oldest command that waits. Only that one may be asked for on the other lane: it would overtake those before it. */
  async function settle(sender: string, bus: Bus, { command, reply, sentMs }: Waiting): Promise<void> {
    const timer = new AbortController();
    const inTime = pause(Math.max(0, sentMs + answerWithinMs - performance.now()), undefined, { signal: timer.signal }).catch(
      () => undefined,
    );
    const first = await Promise.race([reply, inTime]);
    timer.abort();
    if (first === undefined) count("asked again");
    else count(first.code);
    keep(sender, command, first ?? (await answered(bus, command, count)), sentMs);
  }

  async function queue(sender: string, bus: Bus, window: number): Promise<void> {
    const choose = choicesOf(sender);
    const target = hot(choose(things.hot));
    const waiting: Waiting[] = [];
    for (let number = 1; !finishing; number += 1) {
      const command = window === 1 ? next(choose, sender, number) : noteOf(target, sender, number);
      record(command, sender, "queue", number);
      records.copied.add(command.id);
      waiting.push(await enqueue(bus, command));
      const oldest = waiting.length >= window ? waiting.shift() : undefined;
      if (oldest !== undefined) await settle(sender, bus, oldest);
    }
    for (const each of waiting) await settle(sender, bus, each);
  }

  const senders = [
    ...range(requestSenders).map((number) => ({ name: `${round}/request-${number}`, number, send: request })),
    ...range(queueSenders).map((number) => ({
      name: `${round}/queue-${number}`,
      number,
      send: (name: string, bus: Bus) => queue(name, bus, windows[number % windows.length] ?? 1),
    })),
  ];
  const running = Promise.all(
    senders.map(({ name, number, send }) =>
      send(
        name,
        pick((below) => number % below, buses),
      ),
    ),
  );
  const failed = Promise.withResolvers<never>();
  // Whoever waits is told; if nobody does at that moment, `finish` tells.
  failed.promise.catch(() => undefined);
  running.catch((error: unknown) => {
    finishing = true;
    failed.reject(error);
  });

  /** Asks at each acceptance whether it is what was waited for. */
  async function accepted(what: string, isReached: (sender: string, sentMs: number) => boolean): Promise<void> {
    const reached = Promise.withResolvers<void>();
    const waiter = (sender: string, sentMs: number): void => {
      if (isReached(sender, sentMs)) reached.resolve();
    };
    waiters.add(waiter);
    const late = setTimeout(() => reached.reject(new Error(`in ${patienceMs} ms not even these were accepted: ${what}`)), patienceMs);
    await Promise.race([reached.promise, failed.promise]).finally(() => {
      clearTimeout(late);
      waiters.delete(waiter);
    });
  }

  return {
    acknowledged: (more) => {
      const from = total + more;
      return accepted(`${more} commands`, () => total >= from);
    },
    acknowledgedToAll() {
      const sinceMs = performance.now();
      const missing = new Set(senders.map(({ name }) => name));
      return accepted("a command of each sender", (sender, sentMs) => {
        if (sentMs > sinceMs) missing.delete(sender);
        return missing.size === 0;
      });
    },
    async finish() {
      finishing = true;
      await running;
    },
    counts: () => ({
      ...counts,
      "longest pause ms": Math.round(longestPauseMs),
      "longest wait ms": Math.round(longestWaitMs),
    }),
  };
}
