import { pathOf, type Ref } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import type { Peers, Share } from "../bus.ts";
import { NoRespondersError } from "../errors.ts";
import { throwLoudly } from "../throw-loudly.ts";
import { createAwaited, type Waiting } from "./awaited.ts";
import { copyOfPayload } from "./copy.ts";
import type { Seat } from "./ownership.ts";
import type { LaneServer } from "./queue-lane.ts";

type OnQuestion = NonNullable<Share["onQuestion"]>;

/** Questions to owners, as one connection asks them. */
export type OwnerQuestions = Peers & {
  /** Rejects everybody who still waits with `closed`. */
  close(): void;
};

export function createOwnerQuestions(seatOf: (target: Ref) => Seat | undefined): OwnerQuestions {
  const awaited = createAwaited<Payload>();

  async function answer(server: LaneServer, onQuestion: OnQuestion, question: Payload, waiting: Waiting<Payload>): Promise<void> {
    const answered = await onQuestion(question);
    // A host whose connection is gone meanwhile is not heard.
    if (!server.connected()) return;
    try {
      server.check(answered);
      waiting.resolve(copyOfPayload(answered));
    } catch (error) {
      waiting.reject(error);
    }
  }

  return {
    askOwner(of, question, options) {
      const asked = copyOfPayload(question);
      return awaited.wait(options, (waiting) => {
        // By way of the event loop: hosts that ask each other without end must not keep timers and sockets waiting.
        setImmediate(() => {
          const { server, share } = seatOf(of) ?? {};
          if (server === undefined || share?.onQuestion === undefined) waiting.reject(new NoRespondersError({ of: pathOf(of) }));
          else answer(server, share.onQuestion, asked, waiting).catch(throwLoudly);
        });
      });
    },
    close: awaited.close,
  };
}
