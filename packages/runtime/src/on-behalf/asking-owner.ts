import { WrongExpectedVersionError } from "@aethyr/event-store";
import { pathOf, type Ref } from "@aethyr/kernel";
import type { Accepted, Reply } from "@aethyr/protocol";
import type { Entry } from "../deciding/batch.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { InDoubt } from "../answering/in-doubt.ts";
import type { Metrics } from "../metrics.ts";
import type { Owning } from "../sharing/ownership.ts";
import type { Pending } from "../intake/pending.ts";
import type { Ports } from "../ports.ts";
import type { OnBehalf } from "./request.ts";

/** Asks whoever has `asked.contended`. Resolves with undefined only where it is certain that nobody was asked. Never rejects. */
export type AskOwner = (asked: OnBehalf) => Promise<Reply | undefined>;

type Parts = {
  /** Undefined where nobody can be asked. */
  readonly ask: AskOwner | undefined;
  readonly ports: Pick<Ports, "monotonic">;
  readonly owning: Pick<Owning, "owns" | "holds">;
  readonly metrics: Pick<Metrics, "askedOwner">;
  /** Commands of which nothing may be said for the moment but that it is not known. */
  readonly inDoubt: InDoubt;
  /** Commands that the asked host may commit yet. */
  readonly unheard: InDoubt;
  readonly answer: (pending: Pending, reply: Reply) => void;
  /** Back to the front of its target's mailbox, in a moment. */
  readonly overtaken: (pending: Pending) => void;
  readonly enqueue: (hosted: Hosted) => void;
  readonly find: (ref: Ref) => Hosted | undefined;
};

/** Has commands decided by the host of an aggregate that is fought over, where nobody overtakes them. Their target's next command waits meanwhile. */
export type AskingOwner = {
  /** Of one that others overtook on an aggregate of another host. False where it is for this host to try again. */
  overtaken(entry: Entry, error: Error): boolean;
  /** Of one that is not tried here at all, since the one before it had to be sent. False where it is for this host to try. */
  first(pending: Pending): boolean;
};

/** For so long a target's commands are sent at once; then one is tried here, as nobody may be fighting any more. */
const askFirstMs = 1_000;
/** Once without having tried, once after it. */
const mostAsks = 2;

export function createAskingOwner(parts: Parts): AskingOwner {
  const { ask, ports, owning, metrics, inDoubt, unheard, answer, overtaken, enqueue, find } = parts;

  async function send(ask: AskOwner, pending: Pending, asked: OnBehalf): Promise<void> {
    const { target, envelope } = pending;
    const { id } = envelope;
    const wasInDoubt = inDoubt.has(id);
    pending.asks += 1;
    target.awaited = true;
    inDoubt.add(id);
    const reply = await ask(asked);
    target.awaited = false;
    metrics.askedOwner(reply?.code ?? "nobody");
    if (reply === undefined && !wasInDoubt) inDoubt.resolve(id);
    if (reply !== undefined && isDone(reply)) {
      if (reply.code === "accepted") follow(target, asked.contended, reply.changed);
      answer(pending, reply);
    } else {
      // Two hosts may think that they have it, and the one that says no may not be the one that is at work on it.
      if (reply !== undefined) unheard.add(id);
      target.askFirst = undefined;
      overtaken(pending);
    }
    enqueue(target);
  }

  /** It is in the log. */
  const isDone = (reply: Reply): boolean => reply.final === true || (reply.code === "accepted" && reply.changed.length > 0);

  /** What changed is read when it is needed here. */
  function follow(target: Hosted, contended: Ref, changed: Accepted["changed"]): void {
    for (const { stream, version } of changed) {
      const hosted = find(stream);
      if (hosted !== undefined && version > hosted.toldVersion) hosted.toldVersion = version;
    }
    const goesOn = changed.some(({ stream }) => pathOf(stream) === pathOf(contended));
    if (!goesOn) target.askFirst = undefined;
    else target.askFirst ??= { contended, untilMs: ports.monotonic() + askFirstMs };
  }

  function sent(pending: Pending, contended: Ref, about: readonly Hosted[]): boolean {
    const { target, envelope, fence, input, asks, onBehalf, answered } = pending;
    if (ask === undefined || asks === mostAsks || onBehalf !== undefined || answered || owning.owns(contended)) return false;
    // Under another fence it is to be given back, which happens when it is its turn.
    if (fence === undefined || !owning.holds(target.ref, fence) || input === undefined || input.command.sealed.length > 0) return false;
    const versions = about
      .filter(({ ref }) => owning.owns(ref))
      .map(({ ref, instance, toldVersion }) => ({ stream: ref, version: Math.max(toldVersion, instance?.version ?? 0) }));
    void send(ask, pending, { command: envelope, contended, fence, versions });
    return true;
  }

  return {
    overtaken: ({ pending, participants }, error) =>
      error instanceof WrongExpectedVersionError && sent(pending, error.stream, participants),
    first(pending) {
      const { target } = pending;
      const { askFirst } = target;
      if (askFirst === undefined || pending.asks > 0) return false;
      if (ports.monotonic() < askFirst.untilMs && sent(pending, askFirst.contended, [target])) return true;
      target.askFirst = undefined;
      return false;
    },
  };
}
