import { decide, TooManyParticipantsError, viewOf, type CommandKind, type Domain, type Facts, type Ref, type View } from "@aethyr/kernel";
import { refused, type Reply } from "@aethyr/protocol";
import { take, type Batch } from "./batch.ts";
import { isBehind, stay, waitFor, type Hosted } from "../actors/hosted.ts";
import type { Pending, Ready } from "../intake/pending.ts";
import type { Ports } from "../ports.ts";
import { acceptedReply, failedReply, rejectedReply } from "../answering/replies.ts";

/** A command that changes nothing: `reply` holds if what was `seen` is the newest state. With `error`, the rule or the chart failed on it. */
export type Unchanged = { readonly reply: Reply; readonly seen: ReadonlyMap<Hosted, number>; readonly error?: unknown };

/** How far a command came. */
export type Attempt =
  /** It is in the batch. */
  | { readonly kind: "taken" }
  /** It waits for aggregates to be loaded or to come back from a commit; whoever ends that wakes it. */
  | { readonly kind: "waits" }
  /** Its secrets are to be sealed first. */
  | { readonly kind: "seals" }
  /** It would change nothing, or have its secrets sealed, on state that is not committed yet: it is decided again after that commit. */
  | { readonly kind: "tentative" }
  | (Unchanged & { readonly kind: "unchanged" });

type Parts = {
  readonly domain: Domain;
  readonly ports: Ports;
  readonly hostedOf: (ref: Ref) => Hosted;
  readonly load: (hosted: Hosted) => void;
  /** Reads the tail that one in memory lacks. */
  readonly refresh: (hosted: Hosted) => void;
};

/** Decides one command on top of a batch: the pure rule, on what is in memory. */
export function createDeciding({ domain, ports, hostedOf, load, refresh }: Parts): (pending: Ready, batch: Batch) => Attempt {
  const timeAfter = createClock(ports);

  /** Undefined where one of them could not be loaded for this command: each command that needs it tries once. */
  function needs(pending: Pending, missing: readonly Hosted[]): Attempt | undefined {
    if (pending.failure !== undefined && missing.includes(pending.failure.of)) return undefined;
    for (const hosted of missing) {
      waitFor(hosted, pending);
      if (hosted.state === "passive" || hosted.state === "failed") load(hosted);
    }
    return { kind: "waits" };
  }

  return (pending, batch) => {
    const { envelope, input } = pending;
    const seen = new Map<Hosted, number>();
    let tentative = false;
    let latest = "";
    let now: string | undefined;

    function view(ref: Ref): View | undefined {
      const hosted = hostedOf(ref);
      const draft = batch.written.get(hosted);
      if (hosted.state === "passivating") stay(hosted);
      if (draft === undefined && isBehind(hosted)) refresh(hosted);
      const present = draft?.state ?? (hosted.state === "ready" && !hosted.resting ? hosted.instance : undefined);
      if (present === undefined) return undefined;
      if (draft !== undefined) tentative = true;
      if (present.time > latest) latest = present.time;
      seen.set(hosted, present.version);
      return viewOf(present);
    }
    const facts: Facts = {
      // Asked for once all participants are known: their recorded times are in `latest` by then.
      get now() {
        return (now ??= timeAfter(latest));
      },
      newId: ports.newId,
      random: ports.random,
      actor: envelope.actor ?? null,
    };
    const unchanged = (unless: Omit<Unchanged, "seen">): Attempt =>
      tentative ? { kind: "tentative" } : { kind: "unchanged", seen, ...unless };

    try {
      if (pending.seal !== undefined && isForThere(input.command, view(envelope.target)))
        return { kind: tentative ? "tentative" : "seals" };
      const step = decide({ domain, command: input.command, target: envelope.target, input: input.data, facts, view });
      switch (step.kind) {
        case "needs":
          return needs(pending, step.refs.map(hostedOf)) ?? unchanged({ reply: failedReply(envelope.id, pending.failure?.error) });
        case "rejected":
          return unchanged({ reply: rejectedReply(envelope.id, step) });
        case "not_found":
          return unchanged({ reply: refused(envelope.id, "not_found", step.message) });
        case "decided":
          if (step.changes.length === 0) return unchanged({ reply: acceptedReply(envelope.id, {}, 0) });
          take(batch, {
            pending,
            changes: step.changes,
            reads: step.reads,
            now: facts.now,
            seen,
            hostedOf,
            fence: pending.onBehalf ?? pending.fence,
          });
          return { kind: "taken" };
      }
    } catch (error) {
      if (error instanceof TooManyParticipantsError) return unchanged({ reply: refused(envelope.id, "too_large", error.message) });
      return unchanged({ reply: failedReply(envelope.id, error), error });
    }
  };
}

/** Whether the command's rule will be asked, now that its target is loaded: else it is refused without a look at its data. */
const isForThere = ({ creates }: CommandKind, self: View | undefined): boolean =>
  self !== undefined && (creates ? self.version === 0 : self.exists);

/** Now, or the latest recorded time if the clock is behind it: recorded time never goes back. ISO strings of one length compare as times. */
function createClock(ports: Ports): (latest: string) => string {
  let atMs = Number.NaN;
  let text = "";
  return (latest) => {
    const nowMs = ports.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = new Date(nowMs).toISOString();
    }
    return text > latest ? text : latest;
  };
}
