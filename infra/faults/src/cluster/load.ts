import { setTimeout as pause } from "node:timers/promises";
import { inTime } from "@aethyr/async";
import { acceptedCommand, type AcceptedCommand, type NumberedCommand } from "@aethyr/bench/history";
import { envelopeOf, thing } from "@aethyr/bench/system";
import { BusError, requestCommand, type Bus } from "@aethyr/bus";
import { pathOf, type Ref } from "@aethyr/kernel";
import { decodeReply, encodeCommand, isPassing, retryable, type CommandEnvelope, type Reply, type ReplyCode } from "@aethyr/protocol";
import { must } from "../fault.ts";
import { pick, type Choose } from "../random.ts";
import { patienceMs } from "./fire-cluster.ts";

/** What all rounds on one cluster have sent and were told. */
export type Records = {
  readonly accepted: AcceptedCommand[];
  readonly sent: NumberedCommand[];
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

/** Asks on the request lane until there is an answer; `copied`: the command was sent before. */
async function answered(bus: Bus, command: CommandEnvelope, count: (code: ReplyCode) => void, copied = false): Promise<Reply> {
  const untilMs = performance.now() + patienceMs;
  for (let again = copied; ;) {
    const reply = await requestCommand(bus, command, { timeoutMs: requestTimeoutMs, again });
    count(reply.code);
    if (!retryable.has(reply.code)) return reply;
    again ||= reply.code === "outcome_unknown";
    must(
      performance.now() < untilMs,
      `no answer: ${command.type} ${command.id} to ${pathOf(command.target)} was answered ${reply.code} for ${patienceMs} ms, last: ${"message" in reply ? reply.message : ""}`,
    );
    await pause(pauseMs);
  }
}

type Waiting = {
  readonly command: CommandEnvelope;
  readonly reply: Promise<Reply>;
  readonly sentMs: number;
  /** The lane may have it more than once. */
  readonly copied: boolean;
};

export function startLoad({ buses, records, round, choicesOf }: LoadParts): Load {
  const counts: Partial<Record<ReplyCode | "asked again" | "kept again" | "nothing to do, for good", number>> = {};
  const count = (what: ReplyCode | "asked again" | "kept again" | "nothing to do, for good"): void =>
    void (counts[what] = (counts[what] ?? 0) + 1);
  const waiters = new Set<(sender: string, sentMs: number) => void>();
  const startedMs = performance.now();
  let [total, newestMs, longestPauseMs, longestWaitMs] = [0, startedMs, 0, 0];
  let finishing = false;

  function keep(sender: string, { id, type, target }: CommandEnvelope, reply: Reply, sentMs: number): number {
    const why = reply.code === "accepted" ? "" : `: ${reply.message}`;
    must(reply.code === "accepted", `${type} ${id} to ${pathOf(target)} was answered ${reply.code}${why}`);
    records.accepted.push(acceptedCommand(reply));
    if (reply.final) count("nothing to do, for good");
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
      const position = keep(sender, command, await answered(bus, command, count), sentMs);
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
    for (let copied = false; ; copied = true) {
      try {
        await bus.enqueue({ ...message, ...(copied && { again: copied }) }, { onReply: (payload) => reply.resolve(decodeReply(payload)) });
        return { command, reply: reply.promise, sentMs, copied };
      } catch (error) {
        if (!(error instanceof BusError) || error.code === "closed" || error.code === "too_large") throw error;
        must(performance.now() < sentMs + patienceMs, `the queue lane did not keep ${command.id} in ${patienceMs} ms: ${error.message}`);
        count("kept again");
        await pause(pauseMs);
      }
    }
  }

  /** The answer to the oldest command that waits. Only that one may be asked for on the other lane: it would overtake those before it. */
  async function settle(sender: string, bus: Bus, { command, reply, sentMs, copied }: Waiting): Promise<void> {
    const first = await inTime(reply, Math.max(0, sentMs + answerWithinMs - performance.now()));
    // That it came to nothing may be said of one copy, and not be true of another.
    const isOpen = first === undefined || (copied && isPassing(first));
    count(first === undefined ? "asked again" : first.code);
    keep(sender, command, isOpen ? await answered(bus, command, count, true) : first, sentMs);
  }

  async function queue(sender: string, bus: Bus, window: number): Promise<void> {
    const choose = choicesOf(sender);
    const target = hot(choose(things.hot));
    const waiting: Waiting[] = [];
    for (let number = 1; !finishing; number += 1) {
      const command = window === 1 ? next(choose, sender, number) : noteOf(target, sender, number);
      record(command, sender, "queue", number);
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
