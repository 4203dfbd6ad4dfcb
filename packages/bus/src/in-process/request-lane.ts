import type { Ref } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import type { CommandMessage, Delivery } from "../bus.ts";
import { NoRespondersError } from "../errors.ts";
import { createAwaited, type Waiting, type WaitOptions } from "./awaited.ts";
import { copyOfMessage, copyOfPayload } from "./copy.ts";
import type { LaneServer } from "./queue-lane.ts";

/** The request lane as one connection uses it. */
export type RequestLane = {
  send(message: CommandMessage, options: WaitOptions): Promise<Payload>;
  /** Rejects everybody who still waits with `closed`. */
  close(): void;
};

/** `serverOf` is asked anew when a server goes away before a request's turn: the next one gets it. */
export function createRequestLane(serverOf: (target: Ref) => LaneServer | undefined): RequestLane {
  const awaited = createAwaited<Payload>();

  const hand = (message: CommandMessage, waiting: Waiting<Payload>): void => {
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
    };
    server.dispatcher.push({ delivery, undelivered: () => hand(message, waiting) });
  };

  return {
    send: (message, options) => awaited.wait(options, (waiting) => hand(copyOfMessage(message), waiting)),
    close: awaited.close,
  };
}
