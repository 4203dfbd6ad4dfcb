import { type Json, ref } from "@aethyr/kernel";
import { accepted, type CommandEnvelope, refused, type Reply } from "@aethyr/protocol";
import { createCommandMaker, type Phase } from "../commands/import-command.ts";
import type { Clock } from "../run/clock.ts";

/** A phase of so many commands, each from the line of `NAME.wld` that is its number from 1. */
export function phaseOf(name: string, size: number): Phase {
  const make = createCommandMaker("test");
  const data: Json = {};
  const commands = Array.from({ length: size }, (_, index) =>
    make("CreateRoom", ref("room", `${name}-${index + 1}`), data, { file: `${name}.wld`, line: index + 1 }),
  );
  return { name, commands };
}

/** The reply to a command that took effect at the next position of the log. */
export function acceptingAll(): (command: CommandEnvelope) => Reply {
  let position = 0;
  return ({ id, target }) => {
    position += 1;
    return accepted(id, [{ stream: target, version: 1 }], position);
  };
}

/** Time that passes only in pauses. */
export function fakeClock(): Clock & { readonly pauses: readonly number[] } {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    nowMs: () => now,
    pause: (ms) => {
      pauses.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

export const busy = ({ id }: CommandEnvelope): Reply => refused(id, "busy", "too much to do");

/** Answers each command with the first reply that a function knows, and keeps what it was sent. */
export function world(replyTo: (command: CommandEnvelope, attempt: number) => Reply | undefined) {
  const sent: (readonly string[])[] = [];
  const attempts = new Map<string, number>();
  const send = (commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> => {
    sent.push(commands.map(({ target }) => target.id));
    const replies = commands.flatMap((command) => {
      const attempt = (attempts.get(command.id) ?? 0) + 1;
      attempts.set(command.id, attempt);
      return replyTo(command, attempt) ?? [];
    });
    return Promise.resolve(replies.toReversed());
  };
  return { sent, send };
}
