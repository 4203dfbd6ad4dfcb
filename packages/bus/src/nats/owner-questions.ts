import { pathOf } from "@aethyr/kernel";
import { headers as names, ownerSubject, partitionOf, type Payload } from "@aethyr/protocol";
import { headers, type Msg, type Subscription as NatsSubscription } from "@nats-io/transport-node";
import type { Peers, Share } from "../bus.ts";
import { BusUnavailableError, MessageTooLargeError, NoRespondersError } from "../errors.ts";
import { throwLoudly } from "../throw-loudly.ts";
import type { Link } from "./connection.ts";
import { createCounted } from "./counted.ts";
import { isInbox, responder } from "./delivery.ts";
import { drained } from "./drained.ts";
import { headersOf, ifOurs, payloadOf } from "./messages.ts";
import { checkSize, isNoResponders, toBusError } from "./nats-errors.ts";

/** Status of an answer that could not be sent, with its bytes for a description. */
const tooLarge = 413;

const noBytes = new Uint8Array();

type Answer = NonNullable<Share["onQuestion"]>;

/** Questions of one connection that may be on their way at once. */
const mostOnTheWay = 1_024;

/** Asks owners of partitions. A role that may not know how the lanes are divided cannot. */
export function createOwnerAsking(link: Link, world: string, partitions: number | undefined): Peers {
  const counted = createCounted(mostOnTheWay, "questions");
  return {
    async askOwner(of, question, { timeoutMs }) {
      link.assertOpen();
      checkSize(question.bytes, link.maxBytes);
      if (partitions === undefined) throw new BusUnavailableError("a role that may not see the streams cannot ask owners");
      // The library would send it when the server is back, after the time that the asker has.
      if (!link.isConnected()) throw new BusUnavailableError("NATS is away at the moment: nothing was sent");
      const subject = ownerSubject(world, partitionOf(of, partitions));
      try {
        const named = headersOf({ [names.contentType]: question.contentType });
        const call = counted(() => link.nats.request(subject, question.bytes, { timeout: timeoutMs, headers: named }));
        const answer = await link.untilClosed(call);
        if (answer.headers?.code === tooLarge) throw new MessageTooLargeError(link.maxBytes, Number(answer.headers.description));
        return payloadOf(answer);
      } catch (error) {
        if (isNoResponders(error)) throw new NoRespondersError({ of: pathOf(of) });
        throw toBusError(error, "ask the owner", timeoutMs);
      }
    },
  };
}

/** What a connection answers for the partitions that it has. */
export type OwnerAnswering = {
  /** Listens from the next round trip to the server on. `close` resolves once what came before was handed over. */
  serve(partition: number, answer: Answer | undefined): { close(): Promise<void> };
};

export function createOwnerAnswering(link: Link, world: string): OwnerAnswering {
  const seats = new Map<number, { readonly answer: Answer; readonly listening: NatsSubscription; isLeaving: boolean }>();

  async function answerTo(question: Payload, answer: Answer, message: Msg): Promise<void> {
    const answered = await answer(question);
    if (answered.bytes.byteLength <= link.maxBytes) responder(link, message.reply)(answered);
    else if (link.isOpen()) message.respond(noBytes, { headers: headers(tooLarge, String(answered.bytes.byteLength)) });
  }

  function take(partition: number, message: Msg): void {
    const question = ifOurs(message, payloadOf);
    const seat = seats.get(partition);
    if (question === undefined || seat === undefined || !isInbox(message.reply)) return;
    answerTo(question, seat.answer, message).catch(throwLoudly);
  }

  // In no group, as for requests: a former owner that hangs, and does not know yet, must not keep a question from its successor.
  const listen = (partition: number): NatsSubscription =>
    link.nats.subscribe(ownerSubject(world, partition), {
      callback: (error, message) => {
        if (error === null) take(partition, message);
      },
    });

  return {
    serve(partition, answer) {
      const former = seats.get(partition);
      // The server ends what listens where it may not.
      const goesOn = former !== undefined && !former.isLeaving && !former.listening.isClosed();
      if (answer === undefined) {
        seats.delete(partition);
        if (goesOn) former.listening.unsubscribe();
        return { close: async () => {} };
      }
      const seat = { answer, listening: goesOn ? former.listening : listen(partition), isLeaving: false };
      seats.set(partition, seat);
      return {
        async close() {
          // A later epoch on this connection has taken over what listens.
          if (seats.get(partition) !== seat) return;
          seat.isLeaving = true;
          await drained(link, seat.listening);
          if (seats.get(partition) === seat) seats.delete(partition);
        },
      };
    },
  };
}
