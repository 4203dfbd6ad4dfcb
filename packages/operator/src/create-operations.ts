import type { Bus } from "@aethyr/bus";
import { ClosedError, type EventStore, type StoredEvent } from "@aethyr/event-store";
import { followLog } from "@aethyr/follower";
import type { AggregateKind, Domain, Json, RecordedEvent, Ref } from "@aethyr/kernel";
import { hydrate, silentLog, type ActorHost, type Log } from "@aethyr/runtime";
import { InvalidQuestionError } from "./errors.ts";
import type { AggregateState, Operations, WorldCensus, WorldStats } from "./operations.ts";
import { sendAll } from "./send-commands.ts";
import { createWorldCounts, type CensusTaker } from "./world-counts.ts";

export type OperationsParts = {
  readonly store: EventStore;
  readonly domain: Domain;
  /** Has counted nothing yet: it is told the whole log. */
  readonly census: CensusTaker<WorldCensus>;
  readonly host: Pick<ActorHost, "actors" | "passivate" | "metrics">;
  readonly bus: Pick<Bus, "request" | "follow">;
  readonly log?: Log;
  /** How long a command may take before its reply says `outcome_unknown`. Default 30 s. */
  readonly commandTimeoutMs?: number;
};

/** The operations on a world in this process. `close` ends its tails and refuses further questions; the parts stay their owner's. */
export function createOperations({
  store,
  domain,
  census,
  host,
  bus,
  log = silentLog,
  commandTimeoutMs = 30_000,
}: OperationsParts): Operations {
  const counts = createWorldCounts(store, domain, census);
  const closing = new AbortController();

  const open = (): void => {
    if (closing.signal.aborted) throw new ClosedError();
  };

  async function aggregateAt(kind: AggregateKind, ref: Ref, atVersion: number | undefined): Promise<AggregateState | undefined> {
    const { instance } = await hydrate(store, kind, ref, log, atVersion);
    if (instance.version === 0 || (atVersion !== undefined && instance.version < atVersion)) return undefined;
    const { status, value, context } = instance.actor.getSnapshot() as { status: string; value: Json; context: Json };
    const [last] = await store.readStream(ref, { from: instance.version, limit: 1 });
    return {
      ref: { type: ref.type, id: ref.id },
      version: instance.version,
      status: status === "done" ? "ended" : "active",
      states: value,
      context,
      last: last && withoutData(last),
    };
  }

  async function* tailed(after: number | undefined, follow: boolean, signal: AbortSignal | undefined): AsyncGenerator<RecordedEvent, void> {
    open();
    checkWhole("after", after, 0);
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    for await (const events of followLog({ store, feed: bus }, { ...(after === undefined ? {} : { after }), follow, signal: ended })) {
      for (const event of events) {
        if (ended.aborted) return;
        yield recorded(event);
      }
    }
  }

  /** Both counts at one moment of the log; of a log that grows all the time, at about the same moment. */
  async function stats(): Promise<WorldStats> {
    for (let attempt = 1; ; attempt += 1) {
      const statistics = await store.statistics();
      const { census: counted, head, events } = await counts.read();
      if (events === statistics.event_count || attempt === 5) return { ...statistics, ...counted, head };
    }
  }

  return {
    async sendCommands(commands) {
      open();
      return sendAll({ lanes: bus, timeoutMs: commandTimeoutMs }, commands);
    },
    async showAggregate(ref, atVersion) {
      open();
      checkWhole("the version", atVersion, 1);
      const kind = domain.aggregates.get(ref.type);
      return kind && aggregateAt(kind, ref, atVersion);
    },
    async history(ref, page = {}) {
      open();
      return (await store.readStream(ref, page)).map(recorded);
    },
    tailEvents: ({ after, follow = false, signal }) => tailed(after, follow, signal),
    async actors() {
      open();
      return host.actors();
    },
    async passivate(ref) {
      open();
      return host.passivate(ref);
    },
    async worldStats() {
      open();
      return stats();
    },
    async metrics() {
      open();
      return host.metrics.text();
    },
    async close() {
      closing.abort();
    },
  };
}

function checkWhole(what: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new InvalidQuestionError(`${what} is a whole number from ${least}, not ${value}`);
}

/** Without what only the store's own readers need. */
function recorded({ bytes: _, ...event }: StoredEvent): RecordedEvent {
  return event;
}

function withoutData({ bytes: _, data: __, ...event }: StoredEvent): Omit<RecordedEvent, "data"> {
  return event;
}
