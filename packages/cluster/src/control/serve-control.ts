import { AethyrError, pathOf, type Json, type Ref } from "@aethyr/kernel";
import type { ActorHost, Log } from "@aethyr/runtime";
import type { Msg } from "@nats-io/transport-node";
import { z } from "zod";
import type { Coordination } from "../nats/connect.ts";
import { actorsPerAnswer, controlSubject, Question } from "./questions.ts";

export type ControlParts = {
  readonly coordination: Coordination;
  readonly world: string;
  readonly self: string;
  readonly log: Log;
  readonly host: Pick<ActorHost, "actors" | "passivate" | "snapshot" | "reload">;
  readonly placement: {
    drain(): Promise<void>;
  };
};

/** Answers operators' questions about this host, until it is closed. */
export function serveControl(parts: ControlParts): { close(): Promise<void> } {
  const { coordination, world, self, log } = parts;

  async function answer(message: Msg): Promise<void> {
    const reply = (value: unknown): void => void message.respond(JSON.stringify(value));
    const question = questionIn(message);
    if (!question.success) return reply({ ok: false, code: "invalid_request", message: z.prettifyError(question.error) });
    try {
      reply({ ok: true, value: await valueOf(parts, question.data) });
    } catch (error) {
      log.warn({ err: error }, "an operator's question could not be answered");
      const code = error instanceof AethyrError ? error.code : "internal";
      reply({ ok: false, code, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Never rejects. */
  async function answered(message: Msg): Promise<void> {
    try {
      await answer(message);
    } catch (error) {
      log.warn({ err: error }, "an answer to an operator could not be sent");
    }
  }

  const asked = coordination.nats.subscribe(controlSubject(world, self), {
    callback: (error, message) => {
      if (error === null) void answered(message);
    },
  });
  return { close: () => asked.drain() };
}

function questionIn(message: Msg) {
  try {
    return Question.safeParse(message.json());
  } catch {
    return Question.safeParse(undefined);
  }
}

async function valueOf({ host, placement, log }: ControlParts, question: Question): Promise<unknown> {
  switch (question.ask) {
    case "actors":
      return actorsAfter(host, question.after);
    case "passivate":
      return host.passivate(question.ref);
    case "state":
      return (host.snapshot(question.ref) as Json | undefined) ?? null;
    case "reload":
      return host.reload(question.refs);
    case "drain":
      // It takes as long as its commands take; `partitions list` shows how far it is.
      placement.drain().catch((error: unknown) => log.error({ err: error }, "this host could not give away what it has"));
      return null;
  }
}

function actorsAfter(host: ControlParts["host"], after: string) {
  const path = ({ ref }: { readonly ref: Ref }): string => pathOf(ref);
  return host
    .actors()
    .filter((actor) => path(actor) > after)
    .sort((a, b) => (path(a) < path(b) ? -1 : 1))
    .slice(0, actorsPerAnswer);
}
