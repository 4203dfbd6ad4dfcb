import { createOperations, type Operations, type OperationsParts } from "@aethyr/operator";
import type { Closers, Config } from "@aethyr/process";
import type { Log, Metrics } from "@aethyr/runtime";
import { createCensus, custodyReader } from "@aethyr/world";
import { askHosts } from "../control/ask-hosts.ts";
import { connectBoard } from "../nats/connect-board.ts";
import type { WorldInReach } from "../world/reach-world.ts";
import { partitionOperations } from "./partition-operations.ts";
import { watchPlacement } from "./watch-placement.ts";

export type OperateWorldParts = {
  readonly config: Config;
  readonly log: Log;
  readonly opened: Closers["opened"];
  readonly reach: WorldInReach;
  /** Of this process. */
  readonly metrics: Pick<Metrics, "text">;
  readonly readModels?: OperationsParts["readModels"];
};

/**
 * The operations on a world on many hosts: answered from its log, from what the hosts write on their board, and, for what is in memory, by
 * the hosts. Rejects as `connectBoard`. The closers close all of it.
 */
export async function operateWorld({ config, log, opened, reach, metrics, readModels }: OperateWorldParts): Promise<Operations> {
  const { world, store, bus, coordination, domain, record } = reach;
  const board = opened(await connectBoard(config, "console", log));
  const placement = opened(await watchPlacement(board, record, { log }));
  const hosts = askHosts({ coordination, world, hosts: placement.hosts, ownerOf: placement.ownerOf });
  return opened(
    createOperations({
      store,
      domain,
      bus,
      log,
      host: { ...hosts, metrics },
      census: createCensus(),
      custody: custodyReader,
      partitions: partitionOperations({ placement, hosts }),
      ...(readModels === undefined ? {} : { readModels }),
    }),
  );
}
