import type { Bus } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import type { ImmudbEventStore } from "@aethyr/event-store/immudb";
import { loadModules, type Closers, type Config, type Loaded } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import type { Log } from "@aethyr/runtime";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { logStatus } from "../nats/log-status.ts";
import { natsPlace } from "../nats/nats-place.ts";
import { knownTypes, listed, missingTypes } from "./known-types.ts";
import { waitForLog } from "./wait-for-log.ts";
import { agreeOnWorld, type WorldRecord } from "./world-record.ts";

/** What a process of a cluster is, as the server's permissions know it. */
export type Role = "host" | "relay" | "projector" | "gateway" | "console";

/** A world in many processes, as each of them sees it. */
export type WorldInReach = Loaded & {
  readonly world: string;
  /** The log; whoever is no host can only read it. */
  readonly store: ImmudbEventStore;
  readonly bus: Bus;
  readonly coordination: Coordination;
  readonly record: WorldRecord;
  /** Rejects, with the reason, while the log or the bus is away. */
  ready(): Promise<void>;
};

/** An ImmuDB that is started with us, or whose machine is busy, takes its time. */
const logWithinMs = 30_000;

/**
 * Connects a process to the log and the bus of its world, and sees that it means the same world as the others; an ImmuDB that gives no answer is tried for so long. Rejects as `openImmudb` and
 * `connectNatsBus` do, and with `other_log`, `other_partitions`, `other_modules` or `no_hosts_yet`; what was opened by then is the closers' to close.
 */
export async function reachWorld(
  config: Config,
  role: Role,
  log: Log,
  opened: Closers["opened"],
  withinMs: number = logWithinMs,
): Promise<WorldInReach> {
  const { world } = config;
  const loaded = await loadModules(config.modules);
  const place = await natsPlace(config);
  const isHost = role === "host";
  const { partitions, fewerTypes } = config.placement;
  const types = knownTypes(loaded.domain);
  const stopping = new AbortController();
  opened({ close: async () => stopping.abort() });
  const openOnce = (): ReturnType<typeof openImmudb> =>
    openImmudb(config, {
      readOnly: !isHost,
      onWarning: (message) => log.warn({}, message),
      onConnection: (state, reason) =>
        state === "away"
          ? log.error({ reason }, "ImmuDB is away: what needs it waits, or is refused, until it is back")
          : log.info({}, "ImmuDB is there"),
    });
  const store = opened(await waitForLog(openOnce, { withinMs, log, signal: stopping.signal }));
  const coordination = opened(await connectCoordination(place, { world, role, log, createBuckets: isHost }));
  const record = await agreeOnWorld(coordination, {
    log: store.logId,
    ...(isHost ? { host: { partitions, types, fewerTypes } } : {}),
  });
  if (!isHost) warnOfTypes(record, types, log);
  const bus = opened(
    await connectNatsBus({
      ...place,
      world,
      name: role,
      inboxPrefix: `_INBOX_${role}`,
      partitions: record.partitions,
      createStreams: isHost || (role === "relay" && "feed"),
      onStatus: logStatus(log, "bus"),
    }),
  );
  return {
    ...loaded,
    world,
    store,
    bus,
    coordination,
    record,
    async ready() {
      if (!bus.isConnected()) throw new Error("NATS is away");
      await store.head();
    },
  };
}

/** Whoever is no host does harm to nobody with other modules; but players and tables miss what it does not know, and hosts refuse what they do not. */
function warnOfTypes({ types: known }: WorldRecord, types: readonly string[], log: Log): void {
  if (known === undefined) return;
  const missing = missingTypes(known, types);
  const more = missingTypes(types, known);
  if (missing.length > 0)
    log.warn({ types: listed(missing) }, "the hosts of this world know more than this process: its `modules`, or its release, are others");
  if (more.length > 0)
    log.warn(
      { types: listed(more) },
      "the hosts of this world know less than this process, and refuse such commands: start them with its `modules` first",
    );
}
