import type { Ref } from "@aethyr/kernel";
import { retryable, type Reply } from "@aethyr/protocol";
import { createCommitting } from "./deciding/committing.ts";
import { createConfirming } from "./deciding/confirming.ts";
import { createDeciding } from "./deciding/deciding.ts";
import { createDiscarding } from "./actors/discarding.ts";
import { committedState, isBehind, type Hosted } from "./actors/hosted.ts";
import { createDraining } from "./sharing/draining.ts";
import type { ActorHost, HostParts } from "./host.ts";
import { createFinalAnswers } from "./answering/final-answers.ts";
import { createHydration } from "./actors/hydration.ts";
import { createInDoubt } from "./answering/in-doubt.ts";
import { createIntake } from "./intake/intake.ts";
import { createMetrics } from "./metrics.ts";
import { defaultHostOptions, type HostOptions } from "./options.ts";
import { createOwning } from "./sharing/ownership.ts";
import { createAskingOwner } from "./on-behalf/asking-owner.ts";
import { createDecidingForOthers } from "./on-behalf/deciding-for-others.ts";
import { createPassivation } from "./actors/passivation.ts";
import type { Pending } from "./intake/pending.ts";
import { silentLog, systemPorts } from "./ports.ts";
import { createPump } from "./deciding/pump.ts";
import { createRetrying } from "./deciding/retrying.ts";
import { createSealing } from "./intake/sealing.ts";
import { createShedding } from "./outage/shedding.ts";
import { createSnapshots } from "./actors/snapshots.ts";
import { watchStore } from "./outage/store-watch.ts";
import { createTable } from "./actors/table.ts";

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
  let closed: Promise<void> | undefined;
  const inDoubt = createInDoubt(doubtsKept);
  const unheard = createInDoubt(doubtsKept);
  const watch = watchStore(parts.store, options.stallMs, () => shedding.shed(), ports);
  const { store } = watch;
  const owning = createOwning(parts.ownership);
  const { owns, fenceOf } = owning;

  const table = createTable({
    domain,
    ports,
    limit: options.activeLimit + slackOf(options.activeLimit),
    onExcess: () => void passivation.sweep(),
  });
  const hydration = createHydration({ store, ports, log, metrics, inFlight: options.hydrationsInFlight, settled });
  const snapshots = createSnapshots({ store, metrics, log, every: options.snapshotEvery });
  const passivation = createPassivation({ table, options, ports, metrics, snapshots, wake, owns });
  const { load, refresh } = hydration;
  const decideOn = createDeciding({ domain, ports, hostedOf: table.of, load, refresh });
  const { retry, overtaken, yieldTo, postpone, stop } = createRetrying({ ports, enqueue, wake });
  const asking = createAskingOwner({
    ask: parts.askOwner,
    ports,
    owning,
    metrics,
    inDoubt,
    unheard,
    answer,
    overtaken,
    enqueue,
    find: table.find,
  });
  const { commit, commitMs } = createCommitting({
    store,
    ports,
    log,
    metrics,
    hydration,
    snapshots,
    attempts,
    owning,
    answer,
    retry,
    overtaken,
    yieldTo,
    wake,
    askOwner: asking.overtaken,
    dropLost: passivation.dropLost,
    committed: parts.onCommitted ?? (() => {}),
    moved: parts.onMoved,
  });
  const finalAnswers = createFinalAnswers({
    answers: parts.answers && watch.answers(parts.answers),
    unheard,
    owning,
    dropLost: passivation.dropLost,
  });
  const confirm = createConfirming({ store, hydration, attempts, owning, finalAnswers, answer, poisoned, retry, enqueue, release });
  const pump = createPump({
    options,
    decideOn,
    seal: createSealing(enqueue),
    owning,
    askFirst: asking.first,
    giveBack: (these) => draining.giveBack(these),
    commit,
    confirm,
  });
  const { isCommitting } = pump;
  const { drainMs } = options;
  const shedding = createShedding({ table, unanswered, isCommitting, inDoubt, answer });
  const discard = createDiscarding(table, hydration);
  const draining = createDraining({ table, passivation, log, drainMs, unanswered, isCommitting, answer });
  /** What it takes to take a command, from a sender or from another host. */
  const taking = {
    domain,
    keys,
    ports,
    table,
    options,
    enqueue,
    isClosing: () => closed !== undefined,
    owns: isOurs,
    fenceOf,
    load: () => unanswered.size,
    taken: (pending: Pending) => unanswered.add(pending),
  };
  const stalled = (id: string) => (watch.stalled() ? shedding.refusal(id) : undefined);
  const intake = createIntake({ ...taking, metrics, stalled, sure });
  const decideFor = createDecidingForOthers({ ...taking, moved });
  metrics.watch(() => ({ pending: unanswered.size, activeActors: activeActors(), batchesInFlight: pump.batchesInFlight() }));
  const sweeper = setInterval(() => void passivation.sweep(), sweepEveryMs).unref();

  /** It is for this host to decide on, and stays so as far as it knows. */
  function isOurs(ref: Ref): boolean {
    return owns(ref) && !draining.isLeaving(ref);
  }

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
      if (done.persistent && closed === undefined && isOurs(done.target.ref) && owning.holds(done.target.ref, done.fence))
        return postpone(done);
    } else {
      done.target.failures = 0;
    }
    unanswered.delete(done);
    done.answered = true;
    // Whoever asked for it counts it.
    if (done.onBehalf === undefined) intake.told(done.envelope, done.receivedAtMs, reply);
    done.resolve(reply);
    if (options.passivateBeforeCommand) passivation.forgetAll();
    draining.answered(done);
    if (done.persistent && retryable.has(reply.code)) draining.giveBackLater(done);
  }

  /** That nothing was applied is true of this attempt; of one before it that is not known. */
  function sure(reply: Reply): Reply {
    const { command, code } = reply;
    if (code === "outcome_unknown") inDoubt.add(command);
    else if (!retryable.has(code)) inDoubt.resolve(command);
    else if (inDoubt.has(command)) return shedding.refusal(command);
    return reply;
  }

  function moved(ref: Ref, version: number): void {
    const hosted = table.find(ref);
    if (hosted === undefined || hosted.state === "passive" || hosted.state === "failed") return;
    if (version > hosted.toldVersion) hosted.toldVersion = version;
    // While another host commits its commands nothing is decided on it here: it is read when that is over.
    if (isBehind(hosted)) {
      if (hosted.askFirst === undefined) refresh(hosted);
    } else if (owns(ref) && version > hosted.readVersion && version <= (hosted.instance?.version ?? 0)) {
      // What this host has committed itself is news to somebody who was overtaken by it.
      yieldTo(hosted, commitMs());
    }
  }

  function activeActors(): number {
    let count = 0;
    for (const { instance } of table.values()) if (instance !== undefined) count += 1;
    return count;
  }

  function close(): Promise<void> {
    clearInterval(sweeper);
    stop();
    return draining.drain(() => true, snapshots.stop).finally(watch.close);
  }

  return {
    submit: intake.submit,
    decideFor,
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
      // Of another host's it may be long past.
      return hosted === undefined || !owns(ref) ? undefined : committedState(hosted);
    },
    reload: discard,
    moved,
    drain: (these) => draining.drain(these),
    sweep: passivation.sweep,
    // A promise before anything is closed, so that everybody who asks meanwhile knows.
    close: () => (closed ??= Promise.resolve().then(close)),
  };
}
