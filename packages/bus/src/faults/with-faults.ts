import { pathOf } from "@aethyr/kernel";
import type { Bus, Delivery, FeedHandler, Subscription } from "../bus.ts";
import { BusTimeoutError, BusUnavailableError } from "../errors.ts";
import { createChance } from "./chance.ts";
import { createHeldBack, type HeldBack } from "./held-back.ts";

/** How often each fault happens, from 0 (never, the default) to 1 (always). */
export type FaultRates = {
  /** A delivery, or a batch of the feed, comes twice: the second at once or later, after others. */
  readonly duplicate?: number;
  /** A delivery, or a batch of the feed, is held back, and with it everything that comes after it on this connection. */
  readonly delay?: number;
  /** A delivery is held back alone: those for other aggregates overtake it, those for its own wait behind it. */
  readonly reorder?: number;
  /** A call other than `serve` fails: half of the time with `unavailable` before anything was done, half with `timeout` after it was done. */
  readonly fail?: number;
  /** A request, a question, a hint, or the reply of a queued command, is lost on its way. Who waits for an answer sees `timeout`, at once. */
  readonly drop?: number;
};

export type FaultOptions = FaultRates & { readonly seed: number };

export type Fault = keyof FaultRates;

/** A bus with faults. `injected` counts them, so that a test can show that it met some; print `seed` to run them again. */
export type FaultyBus = Bus & { readonly seed: number; readonly injected: Readonly<Record<Fault, number>> };

const mostTurns = 8;

/** Wraps one connection of any adapter. What the wrapper does the port allows, so whoever uses the port has to bear it. */
export function withFaults(bus: Bus, { seed, ...rates }: FaultOptions): FaultyBus {
  const chance = createChance(seed);
  const injected: Record<Fault, number> = { duplicate: 0, delay: 0, reorder: 0, fail: 0, drop: 0 };
  const heldBacks = new Set<HeldBack>();

  const strikes = (fault: Fault, what: string, key: string): boolean => {
    const struck = chance(`${fault} ${what}`, key) < (rates[fault] ?? 0);
    if (struck) injected[fault] += 1;
    return struck;
  };
  const turnsFor = (what: string, key: string): number => 1 + Math.floor(chance(`turns ${what}`, key) * mostTurns);
  const unavailable = (): BusUnavailableError =>
    new BusUnavailableError(`a fault was injected (seed ${seed}): nothing was done, try again`);

  /** For calls that change nothing: failing after is failing before. */
  const reading = async <T>(what: string, key: string, call: () => Promise<T>): Promise<T> => {
    if (strikes("fail", what, key)) throw unavailable();
    return call();
  };
  const doing = async <T>(what: string, key: string, timeoutMs: number, call: () => Promise<T>): Promise<T> => {
    if (!strikes("fail", what, key)) return call();
    if (chance(`after ${what}`, key) < 0.5) throw unavailable();
    await call();
    throw new BusTimeoutError(timeoutMs);
  };

  const deliver = (heldBack: HeldBack, handler: (delivery: Delivery) => void, delivery: Delivery): void => {
    const key = `${delivery.lane} ${pathOf(delivery.target)}`;
    const { id } = delivery;
    const delayed = strikes("delay", "delivery", id);
    const overtaken = !delayed && strikes("reorder", "delivery", id);
    const again = strikes("duplicate", "delivery", id);
    heldBack.add({
      key,
      turns: delayed || overtaken ? turnsFor("delivery", id) : 0,
      holds: delayed ? "all" : "key",
      run() {
        handler(delivery);
        if (!again) return;
        const repeat = { ...delivery, attempt: delivery.lane === "queue" ? delivery.attempt + 1 : delivery.attempt };
        heldBack.add({ key, turns: turnsFor("duplicate", id) - 1, holds: "nobody", run: () => handler(repeat) });
      },
    });
  };

  const disturbed =
    (handler: FeedHandler): FeedHandler =>
    async (events) => {
      const key = String(events[0]?.position);
      if (strikes("delay", "batch", key)) await turns(turnsFor("batch", key));
      await handler(events);
      if (strikes("duplicate", "batch", key)) await handler(events.slice(Math.floor(chance("part", key) * events.length)));
    };

  return {
    seed,
    injected,
    enqueue(message, options = {}) {
      const { onReply } = options;
      const lost = onReply !== undefined && strikes("drop", "reply", message.id);
      return doing("enqueue", message.id, 0, () => bus.enqueue(message, lost ? {} : options));
    },
    async request(message, options = {}) {
      const timeoutMs = options.timeoutMs ?? 0;
      if (strikes("drop", "request", message.id)) {
        await turns(turnsFor("request", message.id));
        options.signal?.throwIfAborted();
        throw new BusTimeoutError(timeoutMs);
      }
      return doing("request", message.id, timeoutMs, () => bus.request(message, options));
    },
    async serve(handler, share) {
      const heldBack = createHeldBack();
      const lost = (): void => {
        // A bus delivers nothing of a share that is lost, so nothing that was held back may come either.
        heldBack.clear();
        heldBacks.delete(heldBack);
        share?.onLost?.();
      };
      const inner = await bus.serve((delivery) => deliver(heldBack, handler, delivery), share && { ...share, onLost: lost });
      heldBacks.add(heldBack);
      const subscription: Subscription = {
        async close() {
          // What is still held back was not acknowledged, so the lane hands it out again; a held request is lost with its server.
          heldBack.clear();
          heldBacks.delete(heldBack);
          await inner.close();
          heldBack.clear();
        },
      };
      return subscription;
    },
    async askOwner(of, question, options) {
      const key = pathOf(of);
      if (strikes("drop", "question", key)) {
        await turns(turnsFor("question", key));
        throw new BusTimeoutError(options.timeoutMs);
      }
      return doing("askOwner", key, options.timeoutMs, () => bus.askOwner(of, question, options));
    },
    deadLetter: (letter) => doing("deadLetter", letter.id, 0, () => bus.deadLetter(letter)),
    deadLetters: (limit) => reading("deadLetters", "", () => bus.deadLetters(limit)),
    findDeadLetter: (number) => reading("findDeadLetter", String(number), () => bus.findDeadLetter(number)),
    retryDeadLetter: (number) => doing("retryDeadLetter", String(number), 0, () => bus.retryDeadLetter(number)),
    dropDeadLetter: (number) => doing("dropDeadLetter", String(number), 0, () => bus.dropDeadLetter(number)),
    hint(hint) {
      if (!strikes("drop", "hint", hint.kind)) bus.hint(hint);
    },
    hints: (handler) => reading("hints", "", () => bus.hints(handler)),
    publish: (events) => doing("publish", String(events.at(-1)?.position), 0, () => bus.publish(events)),
    newest: () => reading("newest", "", () => bus.newest()),
    end: () => reading("end", "", () => bus.end()),
    follow: (handler, options) => reading("follow", String(options?.after), () => bus.follow(disturbed(handler), options)),
    async close() {
      for (const heldBack of heldBacks) heldBack.clear();
      await bus.close();
      for (const heldBack of heldBacks) heldBack.clear();
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}
