import { Counter, Gauge, Histogram, Registry } from "prom-client";

const latencyBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a host has at this moment, asked for when the metrics are. */
export type Gauges = { readonly pending: number; readonly activeActors: number; readonly batchesInFlight: number };

/** What a host counts. Each method is called where the thing happens; names and help are what operators see on `/metrics`. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry = new Registry()) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const commands = new Counter({
    name: "aethyr_commands_total",
    help: "Commands answered, by aggregate type, command and reply code",
    labelNames: ["aggregate_type", "command", "code"],
    registers,
  });
  const commandSeconds = new Histogram({
    name: "aethyr_command_duration_seconds",
    help: "From receipt to reply",
    buckets: latencyBuckets,
    registers,
  });
  const committed = new Counter({
    name: "aethyr_events_committed_total",
    help: "Events in the log that this host committed",
    labelNames: ["aggregate_type"],
    registers,
  });
  const commitSeconds = new Histogram({
    name: "aethyr_event_commit_latency_seconds",
    help: "Duration of a commit, observed once per aggregate type in it",
    labelNames: ["aggregate_type"],
    buckets: latencyBuckets,
    registers,
  });
  const commits = new Counter({ name: "aethyr_commits_total", help: "Transactions, by how they ended", labelNames: ["result"], registers });
  const batchEvents = new Histogram({
    name: "aethyr_batch_events",
    help: "Events per transaction",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const batchCommands = new Histogram({
    name: "aethyr_batch_commands",
    help: "Commands per transaction",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const conflicts = new Counter({
    name: "aethyr_conflicts_total",
    help: "Commands that others overtook and that were decided again",
    registers,
  });
  const askedOwners = new Counter({
    name: "aethyr_asked_owners_total",
    help: "Commands that the host of an aggregate which is fought over was asked to decide, by what it answered",
    labelNames: ["code"],
    registers,
  });
  const snapshots = new Counter({
    name: "aethyr_snapshot_operations_total",
    help: "Snapshots saved, loaded, or failed to be saved",
    labelNames: ["operation_type", "aggregate_type"],
    registers,
  });
  const hydrations = new Histogram({
    name: "aethyr_hydration_duration_seconds",
    help: "Loading an aggregate: snapshot and tail",
    labelNames: ["aggregate_type"],
    buckets: latencyBuckets,
    registers,
  });
  const replayed = new Counter({ name: "aethyr_events_replayed_total", help: "Events replayed to load aggregates", registers });
  const passivations = new Counter({
    name: "aethyr_passivations_total",
    help: "Actors that left memory, by reason",
    labelNames: ["reason"],
    registers,
  });
  const deadLetters = new Counter({
    name: "aethyr_dead_letters_total",
    help: "Commands put aside for an operator, because they failed the host or cannot be read",
    registers,
  });
  const pending = gauge("aethyr_queue_depth", "Commands taken and not yet answered");
  const active = gauge("aethyr_active_actors", "Actors in memory");
  const inFlight = gauge("aethyr_batches_in_flight", "Transactions under way");

  // prom-client hashes its labels at every call: what happens for every command is counted here, and brought up to date when asked for.
  const counts = new Map<string, { readonly labels: { aggregate_type: string; command: string; code: string }; since: number }>();
  let gauges = (): Gauges => ({ pending: 0, activeActors: 0, batchesInFlight: 0 });

  return {
    registry,
    watch(source: () => Gauges) {
      gauges = source;
    },
    answered(aggregateType: string, command: string, code: string, seconds: number) {
      const key = `${aggregateType} ${command} ${code}`;
      const count = counts.get(key);
      if (count === undefined) counts.set(key, { labels: { aggregate_type: aggregateType, command, code }, since: 1 });
      else count.since += 1;
      commandSeconds.observe(seconds);
    },
    committed(batch: {
      readonly commands: number;
      readonly events: number;
      readonly eventsByType: ReadonlyMap<string, number>;
      readonly seconds: number;
    }) {
      commits.inc({ result: "ok" });
      batchEvents.observe(batch.events);
      batchCommands.observe(batch.commands);
      for (const [type, events] of batch.eventsByType) {
        committed.inc({ aggregate_type: type }, events);
        commitSeconds.observe({ aggregate_type: type }, batch.seconds);
      }
    },
    commitFailed: (code: string) => commits.inc({ result: code }),
    conflicted: () => conflicts.inc(),
    askedOwner: (code: string) => askedOwners.inc({ code }),
    snapshot: (operation: "saved" | "loaded" | "failed", aggregateType: string) =>
      snapshots.inc({ operation_type: operation, aggregate_type: aggregateType }),
    hydrated(aggregateType: string, seconds: number, events: number, fromSnapshot: boolean) {
      hydrations.observe({ aggregate_type: aggregateType }, seconds);
      replayed.inc(events);
      if (fromSnapshot) snapshots.inc({ operation_type: "loaded", aggregate_type: aggregateType });
    },
    passivated: (reason: "idle" | "limit" | "asked" | "drain" | "lost", actors = 1) => passivations.inc({ reason }, actors),
    deadLettered: () => deadLetters.inc(),
    /** The Prometheus text format. */
    async text(): Promise<string> {
      for (const count of counts.values()) {
        commands.inc(count.labels, count.since);
        count.since = 0;
      }
      const now = gauges();
      pending.set(now.pending);
      active.set(now.activeActors);
      inFlight.set(now.batchesInFlight);
      return registry.metrics();
    },
  };
}
