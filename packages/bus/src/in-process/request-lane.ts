import type { Ref } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import type { CommandMessage, Delivery } from "../bus.ts";
import { BusClosedError, BusTimeoutError, NoRespondersError } from "../errors.ts";
import { copyOfMessage, copyOfPayload } from "./copy.ts";
import type { LaneServer } from "./queue-lane.ts";

/** Somebody who waits for a reply. Settling it a second time does nothing. */
type Waiting = { resolve(reply: Payload): void; reject(error: unknown): void };

export type RequestOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined };

/** The request lane as one connection uses it. */
export type RequestLane = {
  send(message: CommandMessage, options: RequestOptions): Promise<Payload>;
  /** Rejects everybody who still waits with `closed`. */
  close(): void;
};

/** `serverOf` is asked anew when a server goes away before a request's turn: the next one gets it. */
export function createRequestLane(serverOf: (target: Ref) => LaneServer | undefined): RequestLane {
  const open = new Set<Waiting>();

  const hand = (message: CommandMessage, waiting: Waiting): void => {
    const server = serverOf(message.target);
    if (server === undefined) {
      waiting.reject(new NoRespondersError({ id: message.id }));
      return;
    }
    const delivery: Delivery = {
      ...message,
      lane: "request",
      attempt: 1,
      respond(reply) {
        server.check(reply);
        if (server.connected()) waiting.resolve(copyOfPayload(reply));
      },
      acknowledge() {},
      remove: async () => true,
    };
    server.dispatcher.push({ delivery, undelivered: () => hand(message, waiting) });
  };

  return {
    send: (message, { timeoutMs, signal }) =>
      new Promise<Payload>((resolve, reject) => {
        if (signal?.aborted === true) {
          // The reason of an abort is the caller's to choose, an error or not.
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors
          reject(signal.reason);
          return;
        }
        const abort = (): void => waiting.reject(signal?.reason);
        const settle = (): void => {
          open.delete(waiting);
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        };
        const waiting: Waiting = {
          resolve(reply) {
            settle();
            resolve(reply);
          },
          reject(error) {
            settle();
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors
            reject(error);
          },
        };
        const timer = setTimeout(() => waiting.reject(new BusTimeoutError(timeoutMs)), timeoutMs);
        open.add(waiting);
        signal?.addEventListener("abort", abort, { once: true });
        hand(copyOfMessage(message), waiting);
      }),
    close() {
      for (const waiting of open) waiting.reject(new BusClosedError());
    },
  };
}
