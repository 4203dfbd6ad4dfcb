import { encodeReply, partitionedSubjectOf, partitionFilter, partitionOf, refused, subjectFilter } from "@aethyr/protocol";
import type { Msg, Subscription as NatsSubscription } from "@nats-io/transport-node";
import type { Delivery, Share, Subscription } from "../bus.ts";
import type { Link } from "./connection.ts";
import { deliver, readOrRefuse, responder } from "./delivery.ts";
import { drained } from "./drained.ts";
import { isPassedOn, replyToOf } from "./messages.ts";
import { createOwnerAnswering } from "./owner-questions.ts";
import { createPassingOn } from "./passing-on.ts";

type Handler = (delivery: Delivery) => void;

/** A connection's side of the request lane. */
export type RequestServer = {
  serveAll(handler: Handler): Promise<Subscription>;
  /** Also answers what other hosts ask about the partition. */
  serveShare(share: Share, handler: Handler): Promise<Subscription>;
};

/** Of those in one group the server gives each request to one. */
const queue = "host";

/**
 * A request reaches its owner on the subject of the partition. On the plain one, which any sender may use, any host gets it; so may a wrong
 * one where a mapping is wrong. Who gets a request of somebody else passes it on, once.
 */
export function createRequestServer(link: Link, world: string, partitions: number): RequestServer {
  const owned = new Map<number, { readonly handler: Handler; readonly listening: NatsSubscription; isLeaving: boolean }>();
  const answering = createOwnerAnswering(link, world);
  const passOn = createPassingOn(link);
  let servesAll: Handler | undefined;
  let plain: NatsSubscription | undefined;

  function take(message: Msg): void {
    const passedOn = isPassedOn(message);
    const respond = responder(link, passedOn ? replyToOf(message) : message.reply);
    const command = readOrRefuse(message, respond, () => undefined);
    if (command === undefined) return;
    const partition = partitionOf(command.target, partitions);
    const handler = owned.get(partition)?.handler ?? servesAll;
    if (handler !== undefined) deliver(handler, { ...command, lane: "request", attempt: 1, respond, acknowledge: () => {} });
    else if (!passedOn) passOn(message, partitionedSubjectOf("request", world, partition, command.target), respond);
    else respond(encodeReply(refused(command.id, "unavailable", "its owner has just changed: send it again"), command.contentType));
  }

  const listen = (filter: string, group?: typeof queue): NatsSubscription =>
    link.nats.subscribe(filter, {
      ...(group === undefined ? {} : { queue: group }),
      callback: (error, message) => {
        if (error === null) take(message);
      },
    });

  const servesSome = (): boolean => owned.size > 0 || servesAll !== undefined;

  /** A request that is sent from now on, on whatever connection to this server, finds us. */
  async function begun(): Promise<void> {
    plain ??= listen(subjectFilter("request", world), queue);
    await link.nats.flush();
  }

  /** What came before is still answered, by whom it was meant for. */
  async function end(listening: NatsSubscription, forget: () => void): Promise<void> {
    await drained(link, listening);
    forget();
    if (servesSome()) return;
    const last = plain;
    plain = undefined;
    await drained(link, last);
  }

  return {
    async serveAll(handler) {
      servesAll = handler;
      const listening = listen(partitionFilter("request", world), queue);
      await begun();
      return {
        close: () =>
          end(listening, () => {
            if (servesAll === handler) servesAll = undefined;
          }),
      };
    },
    async serveShare({ partition, onQuestion }, handler) {
      // In no group: a former owner that hangs, and does not know yet, must not keep a request from its successor.
      const former = owned.get(partition);
      const goesOn = former !== undefined && !former.isLeaving;
      const listening = goesOn ? former.listening : listen(partitionFilter("request", world, partition));
      const seat = { handler, listening, isLeaving: false };
      owned.set(partition, seat);
      const questions = answering.serve(partition, onQuestion);
      await begun();
      return {
        close: async () => {
          // A later epoch on this connection has taken over what listens.
          if (owned.get(partition) !== seat) return;
          seat.isLeaving = true;
          const ended = end(listening, () => {
            if (owned.get(partition) === seat) owned.delete(partition);
          });
          await Promise.all([ended, questions.close()]);
        },
      };
    },
  };
}
