import type { PartitionOperations } from "@aethyr/operator";
import { LastHostError, UnknownPlaceError } from "@aethyr/placement";
import type { AskedHosts } from "../control/ask-hosts.ts";
import type { WatchedPlacement } from "./watch-placement.ts";

type Parts = { readonly placement: WatchedPlacement; readonly hosts: Pick<AskedHosts, "drain"> };

/** What operators do about partitions. Only the host that is to be drained has to answer: all else is read from the board and written on it. */
export function partitionOperations({ placement, hosts }: Parts): PartitionOperations {
  /** Runs of hosts that are being drained: the board says so only a moment later, and two may be asked at once. */
  const asked = new Set<string>();
  return {
    list: async () => placement.view(),
    move: (partition, host) => placement.pin(partition, host),
    free: (partition) => placement.pin(partition, undefined),
    async drain(host) {
      const { members } = placement.view();
      const the = members.find((member) => member.host === host);
      if (the === undefined) throw new UnknownPlaceError(`no host called ${host} is on the board: see "aethyr partitions list"`, { host });
      const takes = ({ state, alive, incarnation }: (typeof members)[number]): boolean =>
        alive && state === "serving" && !asked.has(incarnation);
      if (takes(the) && !members.some((member) => member !== the && takes(member))) throw new LastHostError(host);
      asked.add(the.incarnation);
      try {
        await hosts.drain(host);
      } catch (error) {
        asked.delete(the.incarnation);
        throw error;
      }
    },
  };
}
