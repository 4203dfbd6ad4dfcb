import { inTime } from "@aethyr/async";
import type { EventStore } from "../event-store.ts";
import type { Link } from "../sqlite/link.ts";
import { drainBatch, nextBatch, type Verdict } from "./drain-batch.ts";
import type { Freshness } from "./freshness.ts";
import type { JournalFile } from "./journal-file.ts";
import type { Known } from "./known.ts";
import type { Log } from "./log.ts";
import type { PendingEntries } from "./pending-entries.ts";
import type { Presence } from "./presence.ts";
import { quarantinedOf, reasonsFor, type Quarantined } from "./quarantine.ts";
import type { Turns } from "./turns.ts";

const eventsAtOnce = 256;
/** So many times the first pause is the longest. */
const longestPause = 8;

type Parts = {
  readonly primary: EventStore;
  readonly file: Link<JournalFile>;
  readonly known: Known;
  readonly pending: PendingEntries;
  readonly presence: Presence;
  readonly freshness: Freshness;
  readonly turns: Turns;
  readonly log: Log;
  readonly patienceMs: number;
  /** Before the first look after a log that is away. */
  readonly pauseMs: number;
  readonly now: () => string;
  /** Commits that the log refused are put aside. */
  readonly quarantined: (these: readonly Quarantined[]) => void;
};

export type Draining = {
  /** Drains what waits, until nothing does or the log turns out to be away; the rest goes on by itself. */
  start(): Promise<void>;
  /** The log is away, or something is in the journal: it is looked after until neither is so. */
  wake(): void;
  /** Commits that were brought into the log since this process began. */
  drained(): number;
  close(): Promise<void>;
};

/** Brings the journal into the log, in its order, as soon as the log is there. */
export function createDraining(parts: Parts): Draining {
  const { primary, file, known, pending, presence, freshness, turns, log, patienceMs } = parts;
  let running: Promise<void> | undefined;
  let closed = false;
  let endPause: (() => void) | undefined;
  let atOnce = eventsAtOnce;
  let drained = 0;
  let drainedInAll = 0;

  async function run(): Promise<void> {
    let pauseMs = parts.pauseMs;
    while (!closed && (presence.isAway() || pending.size() > 0)) {
      try {
        if (presence.isAway()) {
          await pause(pauseMs);
          if (closed) return;
          await primary.head();
        }
        // One that answers and takes nothing is not back.
        if (pending.size() > 0) await drainNext();
        else presence.back();
        pauseMs = parts.pauseMs;
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, parts.pauseMs * longestPause);
        // Also where it is the journal that cannot be written: after a pause both are tried again.
        presence.left(error);
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    endPause = undefined;
  }

  async function drainNext(): Promise<void> {
    const { judged, settled } = await turns(async () => {
      const batch = nextBatch(pending.all(), atOnce);
      const judged = drainBatch(primary, batch);
      judged.catch(() => undefined);
      // With the last of the journal nothing may join it, so that it comes to an end; but nobody waits for a log that hangs.
      const verdict = batch.length === pending.size() ? await inTime(judged, patienceMs) : undefined;
      if (verdict) await settle(verdict);
      return { judged, settled: verdict !== undefined };
    });
    if (settled) return;
    const verdict = await judged;
    await turns(() => settle(verdict));
  }

  async function settle({ done, refused, tooMuch = false }: Verdict): Promise<void> {
    // Before the next turn: what waited goes to the log again if nothing else is left.
    presence.back();
    atOnce = tooMuch ? 1 : eventsAtOnce;
    if (tooMuch) return;
    const time = parts.now();
    const dependents = refused ? pending.withDependents(refused.entry) : [];
    const reasons = refused ? reasonsFor(dependents, refused.error) : [];
    await file.call("settle", {
      done: done.map(({ entry }) => entry.seq),
      quarantined: reasons.map(({ seq, reason }) => ({ seq, reason: JSON.stringify(reason) })),
      time,
    });
    for (const { entry, position } of done) {
      for (const { path, expected, events, ends } of entry.writes)
        known.learnHead(path, { version: expected + events.length, ended: ends });
      if (entry.command) {
        known.record(entry.command.id, { outcome: entry.command.outcome, position });
        freshness.recorded([entry.command.id]);
      }
      pending.remove(entry.seq);
    }
    drained += done.length;
    drainedInAll += done.length;
    if (refused) putAside(dependents.map((entry, index) => quarantinedOf(entry, time, reasons[index]!.reason)));
    if (pending.size() > 0) return;
    log.info({ commits: drained }, "the journal is empty: everything is in the event store, or put aside");
    drained = 0;
  }

  function putAside(these: readonly Quarantined[]): void {
    for (const { seq, writes } of these) {
      pending.remove(seq);
      for (const { path } of writes) known.forget(path);
    }
    log.error(
      { commits: these.length, reason: these[0]?.reason, commands: these.slice(0, 100).map(({ command }) => command?.id) },
      "the event store refused a provisional commit: it is put aside, with all that builds on it",
    );
    parts.quarantined(these);
  }

  function wake(): void {
    if (running !== undefined || closed) return;
    running = run().finally(() => {
      running = undefined;
      // What came while the last look was taken.
      if (presence.isAway() || pending.size() > 0) wake();
    });
  }

  return {
    async start() {
      try {
        while (!closed && pending.size() > 0) await drainNext();
      } catch (error) {
        presence.left(error);
      }
    },
    wake,
    drained: () => drainedInAll,
    async close() {
      closed = true;
      endPause?.();
      await running;
    },
  };
}
