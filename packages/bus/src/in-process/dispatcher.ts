import type { Delivery } from "../bus.ts";

/** A delivery on its way to a handler; `undelivered` is called instead if the server closes before its turn. */
export type Job = { readonly delivery: Delivery; readonly undelivered: () => void };

/** Hands deliveries to one server's handler, in order, never from inside the sender's call. */
export type Dispatcher = {
  push(job: Job): void;
  /** No handler runs after this; gives back what was not delivered yet, through `undelivered`, in order. */
  close(): void;
};

// Microtasks are the cheapest way to another stack, but a chain of them (reply, next request, reply, …) would keep timers and sockets
// waiting for ever: every so often a batch takes the way through the event loop.
const batchesPerTurn = 64;

export function createDispatcher(handler: (delivery: Delivery) => void): Dispatcher {
  let inbox: Job[] = [];
  let batch: readonly Job[] = [];
  let next = 0;
  let scheduled = false;
  let batches = 0;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    batches += 1;
    if (batches % batchesPerTurn === 0) setImmediate(deliver);
    else queueMicrotask(deliver);
  };

  const deliver = (): void => {
    scheduled = false;
    batch = inbox;
    inbox = [];
    next = 0;
    // By index, not by iterator: a handler may close the dispatcher, which takes what is left of the batch.
    while (next < batch.length) {
      const job = batch[next];
      next += 1;
      if (job !== undefined) handOut(job);
    }
  };

  const handOut = (job: Job): void => {
    try {
      handler(job.delivery);
    } catch (error) {
      // A handler must not throw. The bug is made loud, and the others of the batch do not pay for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  return {
    push(job) {
      inbox.push(job);
      schedule();
    },
    close() {
      const rest = [...batch.slice(next), ...inbox];
      batch = [];
      inbox = [];
      for (const job of rest) job.undelivered();
    },
  };
}
