import type { Domain, KeyStore, Ref, Snapshot } from "@aethyr/kernel";
import type { EventStore } from "@aethyr/event-store";
import { retryable, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import { createClosing } from "./closing.ts";
import { createCommitting } from "./committing.ts";
import { createConfirming } from "./confirming.ts";
import { createDeciding } from "./deciding.ts";
import { createDiscarding } from "./discarding.ts";
import { committedState, type Hosted } from "./hosted.ts";
import { createHydration } from "./hydration.ts";
import { createInDoubt } from "./in-doubt.ts";
import { createIntake, type SubmitOptions } from "./intake.ts";
import type { LifecycleState } from "./lifecycle.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { defaultHostOptions, type HostOptions } from "./options.ts";
import { createPassivation } from "./passivation.ts";
import type { Pending } from "./pending.ts";
import { silentLog, systemPorts, type Log, type Ports } from "./ports.ts";
import { createPump } from "./pump.ts";
import { createRetrying } from "./retrying.ts";
import { createSealing } from "./sealing.ts";
import { createShedding } from "./shedding.ts";
import { createSnapshots } from "./snapshots.ts";
import { watchStore } from "./store-watch.ts";
import { createTable } from "./table.ts";

export type HostParts = {
  readonly domain: Domain;
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly ports?: Ports;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly options?: Partial<HostOptions>;
  /** Told after each commit: the log has grown up to this position. */
  readonly onCommitted?: (position: number) => void;
};

/** An actor as operators see it. */
export type ActorInfo = {
  readonly ref: Ref;
  readonly state: LifecycleState;
  readonly version: number;
  /** Commands that wait for it. */
  readonly mailbox: number;
  /** Since it was last needed. */
  readonly idleMs: number;
};

export type ActorHost = {
  /** Decides and commits one command. Always resolves, with the reply that the sender gets; accepted means durable (G2). */
  submit(command: CommandEnvelope, options?: SubmitOptions): Promise<Reply>;
  actors(): readonly ActorInfo[];
  /**
   * Commits on these streams that were answered as provisional did not come to be, and were put aside (`onQuarantine` of a journal): their
   * actors are read anew before anything else is decided on them.
   */
  discard(refs: readonly Ref[]): void;
  /** Lets one actor leave memory; false if it is not there or has work to do. */
  passivate(ref: Ref): Promise<boolean>;
  /** The committed state that an actor holds in memory, for whoever compares it with the log: not a copy. Undefined if it is not there, or is being read. */
  snapshot(ref: Ref): Snapshot | undefined;
  /** These actors are read anew from the log before anything else is decided on them; gives how many were in memory. */
  reload(refs: readonly Ref[]): number;
  /** Passivates what is idle or too much; a host does so every second by itself. */
  sweep(): Promise<void>;
  readonly metrics: Metrics;
  /** Takes no more commands, finishes those it has and writes snapshots, all within `drainMs`. */
  close(): Promise<void>;
};

const sweepEveryMs = 1_000;
/** Commands of which it is remembered that their outcome is not known. */
const doubtsKept = 10_000;
/** So far a table may outgrow `activeLimit` between two sweeps; more than the participants of many commands together. */
const slackOf = (activeLimit: number): number => Math.max(1_000, activeLimit / 8);

/** Hosts aggregates as actors: SPEC.md says what it promises. */
export function createActorHost(parts: HostParts): ActorHost {
  const { domain, keys, ports = systemPorts, log = silentLog, metrics = createMetrics() } = parts;
  const options: HostOptions = { ...defaultHostOptions, ...parts.options };
  const { attempts } = options;
  /** Commands that are taken and not answered. */
  const unanswered = new Set<Pending>();
  let idle: (() => void) | undefined;
  let closed: Promise<void> | undefined;
  const inDoubt = createInDoubt(doubtsKept);
  const watch = watchStore(parts.store, options.stallMs, () => shedding.shed(), ports);
  const { store } = watch;

  const table = createTable({
    domain,
    ports,
    limit: options.activeLimit + slackOf(options.activeLimit),
    onExcess: () => void passivation.sweep(),
  });
  const hydration = createHydration({ store, ports, log, metrics, inFlight: options.hydrationsInFlight, settled });
  const snapshots = createSnapshots({ store, metrics, log, every: options.snapshotEvery });
  const passivation = createPassivation({ table, options, ports, metrics, snapshots, wake });
  const decideOn = createDeciding({ domain, ports, hostedOf: table.of, load: hydration.load });
  const { retry, postpone, stop } = createRetrying({ ports, enqueue });
  const committed = parts.onCommitted ?? (() => {});
  const commit = createCommitting({ store, ports, log, metrics, hydration, snapshots, attempts, answer, retry, wake, committed });
  const confirm = createConfirming({ store, hydration, attempts, answer, poisoned, retry, enqueue, release });
  const pump = createPump({ options, decideOn, seal: createSealing(enqueue), commit, confirm });
  const { isCommitting } = pump;
  const { drainMs } = options;
  const shedding = createShedding({ table, unanswered, isCommitting, inDoubt, answer });
  const discard = createDiscarding(table, hydration);
  const finish = createClosing({ table, passivation, snapshots, log, drainMs, unanswered, drained, isCommitting, answer });
  const intake = createIntake({
    domain,
    keys,
    ports,
    metrics,
    table,
    options,
    enqueue,
    isClosing: () => closed !== undefined,
    stalled: (id) => (watch.stalled() ? shedding.refusal(id) : undefined),
    sure,
    load: () => unanswered.size,
    taken: (pending) => unanswered.add(pending),
  });
  metrics.watch(() => ({ pending: unanswered.size, activeActors: activeActors(), batchesInFlight: pump.batchesInFlight() }));
  const sweeper = setInterval(() => void passivation.sweep(), sweepEveryMs).unref();

  function enqueue(hosted: Hosted): void {
    pump.enqueue(hosted);
  }

  function wake(hosted: Hosted): void {
    const { waiters } = hosted;
    hosted.waiters = undefined;
    if (waiters !== undefined) for (const { target } of waiters) enqueue(target);
    enqueue(hosted);
  }

  /** Loaded, or it cannot be: then the commands that wait for it have their answer, if they still need it. */
  function settled(hosted: Hosted, error?: unknown): void {
    if (error !== undefined) for (const waiting of hosted.waiters ?? []) waiting.failure = { of: hosted, error };
    wake(hosted);
  }

  /** What was never loaded is not kept; the rest the next sweep looks at. */
  function release(hosted: Hosted): void {
    if (hosted.state === "passive") table.remove(hosted);
  }

  function poisoned({ envelope, target }: Pending, error: unknown): void {
    log.error({ command: envelope.id, type: envelope.type, target: target.path, err: error }, "a rule or a chart failed on this command");
  }

  function answer(done: Pending, given: Reply): void {
    // By a host that could not finish it in time.
    if (done.answered) return;
    const reply = sure(given);
    if (retryable.has(reply.code)) {
      if (done.persistent && closed === undefined) return postpone(done);
    } else {
      done.target.failures = 0;
    }
    unanswered.delete(done);
    done.answered = true;
    intake.told(done.envelope, done.receivedAtMs, reply);
    done.resolve(reply);
    if (options.passivateBeforeCommand) passivation.forgetAll();
    if (unanswered.size === 0) idle?.();
  }

  /** That nothing was applied is true of this attempt; of one before it that is not known. */
  function sure(reply: Reply): Reply {
    const { command, code } = reply;
    if (code === "outcome_unknown") inDoubt.add(command);
    else if (code !== "unavailable" && code !== "busy") inDoubt.resolve(command);
    else if (inDoubt.has(command)) return shedding.refusal(command);
    return reply;
  }

  function activeActors(): number {
    let count = 0;
    for (const { instance } of table.values()) if (instance !== undefined) count += 1;
    return count;
  }

  function drained(): Promise<void> {
    return unanswered.size === 0 ? Promise.resolve() : new Promise((resolve) => (idle = resolve));
  }

  function close(): Promise<void> {
    clearInterval(sweeper);
    stop();
    return finish().finally(watch.close);
  }

  return {
    submit: intake.submit,
    metrics,
    actors: () =>
      [...table.values()].map(({ ref, state, instance, mailbox, lastUsedMs }) => ({
        ref,
        state,
        version: instance?.version ?? 0,
        mailbox: mailbox.length,
        idleMs: ports.now() - lastUsedMs,
      })),
    discard(refs) {
      const actors = discard(refs);
      if (actors > 0) log.warn({ actors }, "provisional commits did not come to be: the actors that hold them are read anew");
    },
    async passivate(ref) {
      const hosted = table.find(ref);
      return hosted !== undefined && passivation.passivateNow(hosted);
    },
    snapshot(ref) {
      const hosted = table.find(ref);
      return hosted === undefined ? undefined : committedState(hosted);
    },
    reload: discard,
    sweep: passivation.sweep,
    // A promise before anything is closed, so that everybody who asks meanwhile knows.
    close: () => (closed ??= Promise.resolve().then(close)),
  };
}
