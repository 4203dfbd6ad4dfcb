import type { PartitionOperations } from "@aethyr/operator";
import { UnknownPlaceError } from "@aethyr/placement";
import type { AskedHosts } from "../control/ask-hosts.ts";
import type { WatchedPlacement } from "./watch-placement.ts";

type Parts = { readonly placement: WatchedPlacement; readonly hosts: Pick<AskedHosts, "drain"> };

/** What operators do about partitions. Only the host that is to be drained has to answer: all else is read from the board and written on it. */
export const partitionOperations = ({ placement, hosts }: Parts): PartitionOperations => ({
  list: async () => placement.view(),
  move: (partition, host) => placement.pin(partition, host),
  free: (partition) => placement.pin(partition, undefined),
  async drain(host) {
    if (!placement.view().members.some((member) => member.host === host))
      throw new UnknownPlaceError(`no host called ${host} is on the board: see "aethyr partitions list"`, { host });
    await hosts.drain(host);
  },
});
