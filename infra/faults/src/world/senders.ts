import { setTimeout as pause } from "node:timers/promises";
import { acceptedCommand, type AcceptedCommand } from "@aethyr/bench/history";
import { envelopeOf, thing } from "@aethyr/bench/system";
import { pathOf } from "@aethyr/kernel";
import { retryable, type CommandEnvelope, type Reply, type ReplyCode } from "@aethyr/protocol";
import { GuaranteeBrokenError, must } from "../fault.ts";
import { pick, type Choose } from "../random.ts";

/** Gives the reply to a command, or undefined where it was lost. */
export type Ask = (command: CommandEnvelope) => Promise<Reply | undefined>;

/**
 * Clients as they ought to be: each sends one command at a time, and sends it again under its id until it is accepted, whatever happens
 * meanwhile. So everything that ever got into the log has an accepted reply, which the history check then demands.
 */
export type Senders = {
  /** Resolves after so many more commands were accepted. Rejects with `GuaranteeBrokenError` where that takes too long. */
  acknowledged(count: number): Promise<void>;
  /** Resolves when so many replies in all have had this code. Rejects with `GuaranteeBrokenError` where that takes too long. */
  answered(code: ReplyCode, count: number): Promise<void>;
  /** Sends nothing new, and resolves when every command that was sent is accepted. */
  finish(): Promise<void>;
  accepted(): readonly AcceptedCommand[];
  /** Commands whose first reply was not the accepted one, with the reply that they got in the end. */
  repeated(): readonly { readonly command: CommandEnvelope; readonly reply: Reply }[];
  /** Replies by their code, `lost` for those that never came. */
  counts(): Readonly<Record<string, number>>;
};

export type SendersParts = { readonly ask: Ask; readonly choose: Choose; readonly count: number; readonly things: number };

const patienceMs = 60_000;
const pauseMs = 25;
const chests = 4;
const chest = (number: number) => thing(900_000 + number);

/** Makes the things that the commands are about, and begins. */
export async function startSenders({ ask, choose, count, things }: SendersParts): Promise<Senders> {
  const accepted: AcceptedCommand[] = [];
  const repeated: { readonly command: CommandEnvelope; readonly reply: Reply }[] = [];
  const counts: Partial<Record<ReplyCode | "lost", number>> = {};
  const waiting = new Set<{ readonly holds: () => boolean; readonly done: () => void }>();
  let finishing = false;
  let sent = 0;
  const failed = Promise.withResolvers<never>();
  // Whoever waits is told; if nobody does at that moment, `finish` tells.
  failed.promise.catch(() => undefined);

  function keep(command: CommandEnvelope, reply: Reply, attempts: number): number {
    must(reply.code === "accepted", `${command.type} ${command.id} was answered ${reply.code}`);
    accepted.push(acceptedCommand(reply));
    if (attempts > 1) repeated.push({ command, reply });
    return reply.position;
  }

  async function send(command: CommandEnvelope): Promise<number> {
    const untilMs = performance.now() + patienceMs;
    for (let attempts = 1; ; attempts += 1) {
      const reply = await ask(command);
      const code = reply?.code ?? "lost";
      counts[code] = (counts[code] ?? 0) + 1;
      const final = reply !== undefined && !retryable.has(reply.code);
      const position = final ? keep(command, reply, attempts) : 0;
      for (const waiter of waiting) if (waiter.holds()) waiter.done();
      if (final) return position;
      must(performance.now() < untilMs, `${command.id} was answered ${code} for ${patienceMs} ms: the world does not recover`);
      await pause(pauseMs);
    }
  }

  /** A note on a thing; or a thing put from one chest to another, which changes all three of them or nothing. */
  function next(): CommandEnvelope {
    sent += 1;
    const target = thing(choose(things));
    return choose(4) === 0
      ? envelopeOf("UpdateGameObjectContainer", target, { containerId: pathOf(chest(choose(chests))) })
      : envelopeOf("UpdateGameObjectAttribute", target, { key: `note${choose(3)}`, value: `${sent} ${"x".repeat(choose(400))}` });
  }

  async function sendOneAfterTheOther(): Promise<void> {
    let last = 0;
    while (!finishing) {
      const position = await send(next());
      // A command that found nothing to do has no position.
      must(position === 0 || position > last, `a command sent after the reply at position ${last} was committed at ${position}, before it`);
      last = Math.max(last, position);
    }
  }

  const made = Array.from({ length: things }, (_, number) => thing(number)).concat(
    Array.from({ length: chests }, (_, number) => chest(number)),
  );
  await Promise.all(made.map((target) => send(envelopeOf("CreateGameObject", target, { name: pick(choose, ["sword", "chest", "coin"]) }))));
  const running = Promise.all(Array.from({ length: count }, sendOneAfterTheOther));
  running.catch((error: unknown) => failed.reject(error));

  function until(holds: () => boolean, otherwise: string): Promise<void> {
    const reached = Promise.withResolvers<void>();
    const waiter = { holds, done: () => reached.resolve() };
    waiting.add(waiter);
    const timer = setTimeout(() => reached.reject(new GuaranteeBrokenError(otherwise)), patienceMs);
    if (holds()) reached.resolve();
    return Promise.race([reached.promise, failed.promise]).finally(() => {
      clearTimeout(timer);
      waiting.delete(waiter);
    });
  }

  return {
    acknowledged(more) {
      const from = accepted.length + more;
      return until(() => accepted.length >= from, `in ${patienceMs} ms not even ${more} commands were accepted`);
    },
    answered: (code, count) =>
      until(() => (counts[code] ?? 0) >= count, `in ${patienceMs} ms fewer than ${count} commands were answered ${code}`),
    async finish() {
      finishing = true;
      await running;
    },
    accepted: () => accepted,
    repeated: () => repeated,
    counts: () => counts,
  };
}
