import type { Bus } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import { loadModules, openImmudb, type Closers, type Config, type Loaded } from "@aethyr/embedded";
import type { ImmudbEventStore } from "@aethyr/event-store/immudb";
import type { Log } from "@aethyr/runtime";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { natsPlace } from "../nats/nats-place.ts";
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
};

/**
 * Connects a process to the log and the bus of its world, and sees that it means the same world as the others. Rejects as `openImmudb` and
 * `connectNatsBus` do, and with `other_log`, `other_partitions` or `no_hosts_yet`; what was opened by then is the closers' to close.
 */
export async function reachWorld(config: Config, role: Role, log: Log, opened: Closers["opened"]): Promise<WorldInReach> {
  const { world } = config;
  const loaded = await loadModules(config.modules);
  const place = await natsPlace(config);
  const isHost = role === "host";
  const store = opened(
    await openImmudb(config, {
      readOnly: !isHost,
      onWarning: (message) => log.warn({}, message),
      onConnection: (state, reason) =>
        state === "away"
          ? log.error({ reason }, "ImmuDB is away: what needs it waits, or is refused, until it is back")
          : log.info({}, "ImmuDB is there"),
    }),
  );
  const coordination = opened(await connectCoordination(place, { world, role, log, createBuckets: isHost }));
  const record = await agreeOnWorld(coordination, {
    log: store.logId,
    ...(isHost ? { partitions: config.placement.partitions } : {}),
  });
  const bus = opened(
    await connectNatsBus({
      ...place,
      world,
      name: role,
      inboxPrefix: `_INBOX_${role}`,
      partitions: record.partitions,
      createStreams: isHost,
      onStatus: (status) => log.info({ status }, "nats"),
    }),
  );
  return { ...loaded, world, store, bus, coordination, record };
}
