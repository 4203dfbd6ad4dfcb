import { hostname } from "node:os";
import program from "../../package.json" with { type: "json" };
import { ConfigError, gauge, hostOptions, type Closers, type Config } from "@aethyr/process";
import type { Ref } from "@aethyr/kernel";
import { HostName, placementMetrics, startPlacement, type PartitionServer, type Placement } from "@aethyr/placement";
import { partitionOf } from "@aethyr/protocol";
import { askOwnerOver, createActorHost, serveCommands, type ActorHost, type Log, type Metrics } from "@aethyr/runtime";
import { serveControl } from "../control/serve-control.ts";
import { openNatsKeyStore } from "../keys/nats-key-store.ts";
import { connectBoard } from "../nats/connect-board.ts";
import { leadersBucket } from "../leading/leader.ts";
import type { WorldInReach } from "../world/reach-world.ts";

export type HostWorldParts = {
  readonly config: Config;
  readonly log: Log;
  readonly opened: Closers["opened"];
  readonly reach: WorldInReach;
  readonly metrics: Metrics;
  /** Told after each commit of this host. */
  readonly onCommitted?: () => void;
  /** Told if another process took this host's name; this one is leaving then, and has to end. */
  readonly onNameTaken?: (reason: Error) => void;
};

export type HostedWorld = { readonly self: string; readonly host: ActorHost; readonly placement: Placement };

/** Later maps are later epochs on the lanes, whatever the fences of their partitions count: a host of an earlier map takes nothing from one of a later. */
const shareEpoch = (mapEpoch: number, epoch: number): number => (mapEpoch - 1) * 2 ** 32 + epoch;

/** The same after each start, so that a host gets its partitions back. Throws `ConfigError` where the machine's name does not do. */
export function nameOfMachine(machine = hostname()): string {
  const name = HostName.safeParse(machine.replaceAll(".", "-"));
  if (name.success) return name.data;
  throw new ConfigError([`placement.host is not given, and the machine's name ${JSON.stringify(machine)} does not do: name this host`]);
}

/**
 * Hosts a share of a world: joins its hosts, takes partitions under fences, serves their commands on both lanes, tells the others what has moved,
 * and answers operators. Everything is closed in the order that loses nothing: partitions are given away before the host goes.
 */
export async function hostWorld({ config, log, opened, reach, metrics, onCommitted, onNameTaken }: HostWorldParts): Promise<HostedWorld> {
  const { world, store, bus, coordination, domain, record } = reach;
  const self = config.placement.host ?? nameOfMachine();
  const keys = opened(await openNatsKeyStore(coordination));
  // For relays, which may not make it.
  await coordination.bucket(leadersBucket);
  // Joins when there is a host to serve with, which asks it from its first command on.
  let placement: Placement | undefined = undefined as Placement | undefined;
  const host = opened(
    createActorHost({
      domain,
      store,
      keys,
      log,
      metrics,
      options: hostOptions(config, domain),
      ownership: {
        fenceOf: (target) => placement?.fenceOf(target),
        newestFence: (partition) => store.fences.read(partition),
        onFenced: (fence) => placement?.onFenced(fence),
      },
      answers: store.answers,
      askOwner: askOwnerOver(bus),
      onCommitted(position) {
        bus.hint({ kind: "head", position });
        onCommitted?.();
      },
      onMoved(moved) {
        for (const { stream, version } of moved) bus.hint({ kind: "stream", stream, version });
      },
    }),
  );
  opened(await bus.hints((hint) => void (hint.kind === "stream" && host.moved(hint.stream, hint.version))));
  const board = opened(await connectBoard(config, "host", log));

  placement = opened(
    await startPlacement({
      board,
      fences: store.fences,
      partitions: { count: record.partitions, mapEpoch: record.mapEpoch },
      self: { host: self, version: program.version, weight: config.placement.weight },
      log,
      ...(onNameTaken === undefined ? {} : { onNameTaken }),
      async serve(partition, fence, onLost): Promise<PartitionServer> {
        const owns = (ref: Ref): boolean => partitionOf(ref, record.partitions) === partition;
        const served = await serveCommands({
          host,
          bus,
          log,
          share: { partition, epoch: shareEpoch(record.mapEpoch, fence.epoch), onLost },
        });
        return {
          async drain() {
            await served.close();
            await host.drain(owns);
          },
          abandon: () => served.close(),
        };
      },
    }),
  );
  opened(serveControl({ coordination, world, self, log, host, placement }));
  const { view } = placement;
  for (const { name, help, valueOf } of placementMetrics) gauge(metrics.registry, name, help, () => valueOf(view()));
  return { self, host, placement };
}
