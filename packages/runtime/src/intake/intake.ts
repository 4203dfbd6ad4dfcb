import type { Domain, KeyStore, Ref } from "@aethyr/kernel";
import { UnavailableError } from "@aethyr/event-store";
import { refused, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import { admit } from "./admission.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { Metrics } from "../metrics.ts";
import type { HostOptions } from "../options.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import { newPending, type Pending } from "./pending.ts";
import type { Ports } from "../ports.ts";
import { failedReply } from "../answering/replies.ts";
import type { Table } from "../actors/table.ts";

export type SubmitOptions = {
  /**
   * The command is kept by whoever submits it until it is dealt with: the host does not answer "try again" (unless it stops) but tries
   * again itself, in order, with pauses; and it is not turned away as too many.
   */
  readonly persistent?: boolean;
  /** Its sender has sent it before: that it changes nothing is told only once no copy can change anything any more. */
  readonly again?: boolean;
};

type Parts = {
  readonly domain: Domain;
  readonly keys: KeyStore;
  readonly ports: Ports;
  readonly metrics: Metrics;
  readonly table: Table;
  readonly options: Pick<HostOptions, "pendingLimit" | "mailboxLimit">;
  readonly enqueue: (hosted: Hosted) => void;
  readonly isClosing: () => boolean;
  /** The host may decide on it. */
  readonly owns: (target: Ref) => boolean;
  readonly fenceOf: Owning["fenceOf"];
  /** What a command is told while the store does not answer. */
  readonly stalled: (commandId: string) => Reply | undefined;
  /** The reply, unless it says more than is known of an earlier attempt. */
  readonly sure: (reply: Reply) => Reply;
  /** Commands that are taken and not answered. */
  readonly load: () => number;
  /** One more of them. */
  readonly taken: (pending: Pending) => void;
};

export type Intake = {
  submit(envelope: CommandEnvelope, options?: SubmitOptions): Promise<Reply>;
  /** Counts a reply that was given. */
  told(envelope: CommandEnvelope, receivedAtMs: number, reply: Reply): void;
};

/** Takes commands into the mailboxes of their aggregates, or turns them away at once. */
export function createIntake({
  domain,
  keys,
  ports,
  metrics,
  table,
  options,
  enqueue,
  isClosing,
  owns,
  fenceOf,
  stalled,
  sure,
  load,
  taken,
}: Parts): Intake {
  function told({ target, type }: CommandEnvelope, receivedAtMs: number, reply: Reply): void {
    // What is not the domain's gets no label of its own: anybody could make up any number of names.
    const known = domain.aggregates.get(target.type)?.commands.has(type) ?? false;
    metrics.answered(known ? target.type : "unknown", known ? type : "unknown", reply.code, (ports.monotonic() - receivedAtMs) / 1000);
  }

  function turnedAway({ id, target }: CommandEnvelope, persistent: boolean): Reply | undefined {
    if (isClosing()) return refused(id, "unavailable", "this host is stopping; nothing was applied: send the command again");
    if (!owns(target)) return notOwned(id);
    if (persistent) return undefined;
    const away = stalled(id);
    if (away !== undefined) return away;
    const busy = (what: string) => refused(id, "busy", `${what}; nothing was applied: send the command again later`);
    if (load() >= options.pendingLimit) return busy("the host has as many commands as it takes");
    const hosted = table.find(target);
    if (hosted === undefined) return undefined;
    if (hosted.paused) return failedReply(id, new UnavailableError("the last commands here failed"));
    return hosted.mailbox.length >= options.mailboxLimit ? busy(`${hosted.path} has as many commands waiting as it takes`) : undefined;
  }

  return {
    told,
    submit(envelope, { persistent = false, again = false } = {}) {
      const receivedAtMs = ports.monotonic();
      const admission = admit(domain, envelope, keys, (target) => table.find(target) !== undefined);
      const atOnce = (reply: Reply) => {
        told(envelope, receivedAtMs, reply);
        return Promise.resolve(reply);
      };
      if (admission.kind === "refused") return atOnce(admission.reply);
      const away = turnedAway(envelope, persistent);
      if (away !== undefined) return atOnce(sure(away));
      return new Promise<Reply>((resolve) => {
        const target = table.of(envelope.target);
        const pending = newPending({
          envelope,
          target,
          fence: fenceOf(envelope.target),
          persistent,
          again,
          receivedAtMs,
          resolve,
          input: admission.kind === "admitted" ? admission.input : undefined,
          seal: admission.kind === "admitted" ? admission.seal : undefined,
          refusal: admission.kind === "refused_now" ? admission.reply : undefined,
        });
        target.owned = true;
        taken(pending);
        target.mailbox.push(pending);
        enqueue(target);
      });
    },
  };
}
