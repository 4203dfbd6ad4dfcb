import type { Bus, DeadLetters } from "@aethyr/bus";
import { ClosedError, type EventStore } from "@aethyr/event-store";
import { followLog } from "@aethyr/follower";
import type { AggregateKind, Domain, RecordedEvent, Ref } from "@aethyr/kernel";
import { hydrate, silentLog, type Log } from "@aethyr/runtime";
import { createDeadLetterOperations } from "./dead-letters/dead-letter-operations.ts";
import { InvalidQuestionError, RebuildUnderWayError } from "./errors.ts";
import type { HostedActors } from "./hosted-actors.ts";
import { stateOfInstance, type AggregateState } from "./history/aggregate-state.ts";
import { allAggregates } from "./history/all-aggregates.ts";
import { diffAggregate } from "./history/aggregate-diff.ts";
import { custodyOf, type CustodyReader } from "./history/custody.ts";
import { recorded } from "./history/event-note.ts";
import { checkMoment, versionAt, type Moment } from "./history/moment.ts";
import type { Operations, WorldCensus, WorldStats } from "./operations.ts";
import { noPartitions, type PartitionOperations } from "./partitions/partitions.ts";
import { createReadModelOperations } from "./read-models/create-read-model-operations.ts";
import type { ReadModelsPart } from "./read-models/read-model-operations.ts";
import type { RebuildNews, RebuildOptions } from "./rebuild/news.ts";
import { rebuildWorld } from "./rebuild/rebuild-world.ts";
import { sendAll } from "./send-commands.ts";
import { createWorldCounts, type CensusTaker } from "./world-counts.ts";

export type OperationsParts = {
  readonly store: EventStore;
  readonly domain: Domain;
  /** Has counted nothing yet: it is told the whole log. */
  readonly census: CensusTaker<WorldCensus>;
  readonly custody: CustodyReader;
  readonly host: HostedActors;
  readonly bus: Pick<Bus, "request" | "follow"> & DeadLetters;
  /** Of a world on many hosts; default: there are none. */
  readonly partitions?: PartitionOperations;
  /** Gives the read models, at the first call or later; default: there are none. They stay their owner's. */
  readonly readModels?: () => Promise<ReadModelsPart | undefined>;
  readonly log?: Log;
  /**
   * For how long a command that is told "try again" is sent again under its id; then its reply is the last one. Default 15 s: a partition that
   * goes to another host, or waits for NATS to find a leader, is back by then.
   */
  readonly commandTimeoutMs?: number;
};

/** The operations on a world in this process. `close` ends its tails and refuses further questions; the parts stay their owner's. */
export function createOperations({
  store,
  domain,
  census,
  custody: reader,
  host,
  bus,
  partitions = noPartitions,
  readModels = async () => undefined,
  log = silentLog,
  commandTimeoutMs = 15_000,
}: OperationsParts): Operations {
  const counts = createWorldCounts(store, domain, census);
  const closing = new AbortController();

  const open = (): void => {
    if (closing.signal.aborted) throw new ClosedError();
  };

  async function aggregateAt(kind: AggregateKind, ref: Ref, at: Moment | undefined): Promise<AggregateState | undefined> {
    const version = at === undefined ? undefined : await versionAt(store, ref, at);
    if (at !== undefined && (version === undefined || version === 0)) return undefined;
    const { instance } = await hydrate(store, kind, ref, log, version);
    if (instance.version === 0) return undefined;
    return stateOfInstance(store, instance);
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

  async function* listed(signal: AbortSignal | undefined): AsyncGenerator<AggregateState, void> {
    open();
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    try {
      yield* allAggregates({ store, domain, log }, ended);
    } catch (error) {
      throw closing.signal.aborted ? new ClosedError() : error;
    }
  }

  let rebuilding = false;

  async function* rebuilt(options: RebuildOptions): AsyncGenerator<RebuildNews, void> {
    open();
    if (rebuilding) throw new RebuildUnderWayError();
    rebuilding = true;
    try {
      const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
      yield* rebuildWorld({ store, domain, host }, { ...options, signal });
    } catch (error) {
      throw closing.signal.aborted ? new ClosedError() : error;
    } finally {
      rebuilding = false;
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
    async sendCommands(commands, { signal } = {}) {
      open();
      const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      try {
        return await sendAll({ lanes: bus, timeoutMs: commandTimeoutMs, signal: ended }, commands);
      } catch (error) {
        throw closing.signal.aborted ? new ClosedError() : error;
      }
    },
    async showAggregate(ref, at) {
      open();
      checkMoment(at, 1);
      const kind = domain.aggregates.get(ref.type);
      return kind && aggregateAt(kind, ref, at);
    },
    allAggregates: ({ signal } = {}) => listed(signal),
    async diffAggregate(ref, from, to) {
      open();
      checkMoment(from);
      checkMoment(to, 1);
      const kind = domain.aggregates.get(ref.type);
      return kind && diffAggregate({ store, log }, kind, ref, { from, to });
    },
    async custody(ref) {
      open();
      return custodyOf({ store, domain, reader }, ref);
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
    rebuildWorld: (options = {}) => rebuilt(options),
    partitions: whileOpen(partitions, open),
    deadLetters: createDeadLetterOperations({ bus, domain, open }),
    readModels: createReadModelOperations({ readModels, open, closing: closing.signal }),
    async metrics() {
      open();
      return host.metrics.text();
    },
    async close() {
      closing.abort();
    },
  };
}

const whileOpen = ({ list, move, free, drain }: PartitionOperations, open: () => void): PartitionOperations => ({
  async list() {
    open();
    return list();
  },
  async move(partition, host) {
    open();
    await move(partition, host);
  },
  async free(partition) {
    open();
    await free(partition);
  },
  async drain(host) {
    open();
    await drain(host);
  },
});

function checkWhole(what: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new InvalidQuestionError(`${what} is a whole number from ${least}, not ${value}`);
}
