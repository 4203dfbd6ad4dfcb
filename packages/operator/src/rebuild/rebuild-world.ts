import { createHash } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { inTime } from "@aethyr/async";
import type { EventStore, Statistics } from "@aethyr/event-store";
import { pathOf, type Domain, type Ref } from "@aethyr/kernel";
import type { HostedActors } from "../hosted-actors.ts";
import { checkStream, type CheckedStream, type CheckParts } from "./check-stream.ts";
import { createTurns } from "./turns.ts";
import type { BadState, RebuildNews, RebuildOptions, RebuildReport } from "./news.ts";

export type RebuildParts = {
  readonly store: EventStore;
  readonly domain: Domain;
  readonly host: Pick<HostedActors, "actors" | "snapshot" | "reload">;
};

/** Streams that are replayed beside each other, so that the store's answers need not be waited for one by one. */
const streamsAtOnce = 4;
const progressMs = 250;
const badListed = 100;
const askAgain = 20;
/** As many as one question to a host may name. */
const reloadedAtOnce = 1_000;

/**
 * Replays every stream of the log from its first event through the machines, and compares what that comes to with the actors in memory and
 * with the stored snapshots. The world may run and go on meanwhile. It keeps a page of events for each of a few streams, and no more. Rejects
 * with what the store says if that fails, and with the signal's reason.
 */
export async function* rebuildWorld(parts: RebuildParts, options: RebuildOptions = {}): AsyncGenerator<RebuildNews, void> {
  const { store, domain, host } = parts;
  const { clear = false, writeSnapshots = false, signal = new AbortController().signal } = options;
  const startedMs = performance.now();
  const { head, statistics } = await countedNow(store);
  const worldHash = createHash("sha256");
  const bad: BadState[] = [];
  const sum = {
    streams: 0,
    events: 0,
    begun: 0,
    found: 0,
    equal: 0,
    different: 0,
    failed: 0,
    aggregates: 0,
    bad: 0,
    unused: 0,
    written: 0,
  };
  const live = { compared: 0, different: 0 };
  const snapshots = { compared: 0, different: 0 };
  const anew = { compared: 0, different: 0 };
  const turns = createTurns(signal);
  const checking: CheckParts = {
    store,
    turns,
    host,
    writeSnapshots,
    withSnapshots: true,
    signal,
    onEvent(position) {
      sum.events += 1;
      if (isBefore(position, head)) sum.found += 1;
    },
  };

  function progress(): RebuildNews {
    const { streams, events } = sum;
    const { aggregate_count: ofStreams, event_count: ofEvents } = statistics;
    return { kind: "progress", streams, events, ofStreams, ofEvents, bad: sum.bad };
  }

  function* tell(faults: readonly BadState[]): Generator<RebuildNews, void> {
    for (const fault of faults) {
      sum.bad += 1;
      if (bad.length === badListed) continue;
      bad.push(fault);
      yield { kind: "bad", bad: fault };
    }
  }

  function* add(ref: Ref, checked: CheckedStream): Generator<RebuildNews, void> {
    sum.streams += 1;
    if (isBefore(checked.begins, head)) sum.begun += 1;
    const has = (what: BadState["what"]) => checked.bad.filter((fault) => fault.what === what).length;
    if (has("log") > 0) sum.failed += 1;
    else if (checked.bad.length > 0) sum.different += 1;
    else sum.equal += 1;
    live.compared += checked.live;
    live.different += has("live");
    snapshots.compared += checked.snapshots;
    snapshots.different += has("snapshot");
    sum.unused += checked.unused;
    sum.written += checked.written;
    if (checked.hash !== undefined) {
      sum.aggregates += 1;
      worldHash.update(`${pathOf(ref)} ${checked.hash}\n`);
    }
    yield* tell(checked.bad);
  }

  /** Some streams beside each other, with progress while they take their time. */
  async function* checkAll(refs: readonly Ref[], with_: CheckParts): AsyncGenerator<RebuildNews, readonly CheckedStream[]> {
    const heads = await store.heads(refs);
    const work = Promise.all(
      refs.map(async (ref, index) => {
        const kind = domain.aggregates.get(ref.type);
        return kind === undefined ? unknownType(ref) : checkStream(with_, kind, ref, heads[index]!);
      }),
    );
    // Whoever listens no longer is not told of its failure either.
    work.catch(() => undefined);
    for (;;) {
      const done = await inTime(work, progressMs);
      signal.throwIfAborted();
      if (done !== undefined) return done;
      yield progress();
    }
  }

  const cleared: Ref[] = [];
  let toClear: { readonly ref: Ref; readonly wasLive: boolean }[] = [];
  async function reload(): Promise<void> {
    if (toClear.length === 0) return;
    const batch = toClear;
    toClear = [];
    const count = await host.reload(batch.map(({ ref }) => ref));
    const live = batch.filter(({ wasLive }) => wasLive);
    // More than were looked at: some have failed, are being read, or came since.
    cleared.push(...(count > live.length ? batch : live).map(({ ref }) => ref));
  }
  let toldMs = startedMs;
  for (let last = ""; ;) {
    const names = await store.listStreams({ after: last });
    for (let from = 0; from < names.length; from += streamsAtOnce) {
      const refs = names.slice(from, from + streamsAtOnce);
      const checked = yield* checkAll(refs, checking);
      for (const [index, ref] of refs.entries()) {
        yield* add(ref, checked[index]!);
        if (clear) toClear.push({ ref, wasLive: checked[index]!.live > 0 });
      }
      if (toClear.length >= reloadedAtOnce) await reload();
      if (turns.isOver()) await turns.next();
      if (performance.now() - toldMs < progressMs) continue;
      toldMs = performance.now();
      yield progress();
    }
    const newest = names.at(-1);
    if (newest === undefined) break;
    last = pathOf(newest);
  }

  await reload();
  if (cleared.length > 0) await loaded(host, cleared, signal);
  const again: CheckParts = { ...checking, writeSnapshots: false, withSnapshots: false, onEvent: () => undefined };
  for (let from = 0; from < cleared.length; from += streamsAtOnce) {
    const refs = cleared.slice(from, from + streamsAtOnce);
    for (const checked of yield* checkAll(refs, again)) {
      anew.compared += checked.live;
      const faults = checked.bad.filter(({ what }) => what === "live");
      anew.different += faults.length;
      yield* tell(faults.map((fault) => ({ ...fault, message: `${fault.message}, also after it was made anew` })));
    }
  }

  const isCounted = head !== undefined;
  const complete = isCounted ? sum.found === statistics.event_count && sum.begun === statistics.aggregate_count : null;
  // Where a stream cannot be replayed, that its events are not all counted is known already.
  if (complete === false && sum.failed === 0) {
    yield* tell([
      {
        stream: null,
        what: "log",
        version: 0,
        code: "incomplete",
        message: `the log says that it has ${statistics.event_count} events in ${statistics.aggregate_count} streams, ${sum.found} in ${sum.begun} were found`,
      },
    ]);
  }
  yield progress();
  const { streams, events, equal, different, failed, aggregates, unused, written } = sum;
  const report: RebuildReport = {
    streams,
    events,
    equal,
    different,
    failed,
    live,
    snapshots: { ...snapshots, unused, written },
    anew: clear ? anew : null,
    complete,
    aggregates,
    hash: worldHash.digest("hex"),
    ms: Math.round(performance.now() - startedMs),
    bad,
    moreBad: sum.bad - bad.length,
  };
  yield { kind: "report", report };
}

/** The counts of the log and the position that they are of, which is undefined where it grows too fast to tell. */
async function countedNow(store: EventStore): Promise<{ readonly head: number | undefined; readonly statistics: Statistics }> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await store.head();
    const statistics = await store.statistics();
    if ((await store.head()) === before) return { head: before, statistics };
    if (attempt === askAgain) return { head: undefined, statistics };
  }
}

const loadingMs = 5_000;

/** Waits until those that are being read are back; one that takes very long is not waited for. */
async function loaded(host: RebuildParts["host"], refs: readonly Ref[], signal: AbortSignal): Promise<void> {
  const wanted = new Set(refs.map(pathOf));
  const untilMs = performance.now() + loadingMs;
  const isLoading = async (): Promise<boolean> =>
    (await host.actors()).some(({ ref, state }) => state === "hydrating" && wanted.has(pathOf(ref)));
  while (performance.now() < untilMs && (await isLoading())) {
    await after(5, undefined, { signal });
  }
}

/** Position 0 is of no event in the log. */
const isBefore = (position: number, head: number | undefined): boolean => head !== undefined && position > 0 && position <= head;

function unknownType(ref: Ref): CheckedStream {
  const path = pathOf(ref);
  const message = `${path}: this world knows no aggregate type ${ref.type}: name the module that it comes from`;
  const fault: BadState = { stream: ref, what: "log", version: 1, code: "unknown_aggregate_type", message };
  return { begins: 0, hash: undefined, bad: [fault], live: 0, snapshots: 0, unused: 0, written: 0 };
}
