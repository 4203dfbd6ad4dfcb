import type { Board } from "../board.ts";
import { UnknownPlaceError } from "../errors.ts";
import type { Partitions } from "../options.ts";
import { partitionName } from "../partition-name.ts";

/** Wishes a partition onto a host that may be given partitions; no host: takes the wish back. Rejects with `UnknownPlaceError`, and as a board. */
export type Pin = (partition: number, host: string | undefined) => Promise<void>;

export function createPin(board: Pick<Board, "pin">, partitions: Partitions, isCandidate: (host: string) => boolean): Pin {
  return async (partition, host) => {
    const { count } = partitions;
    if (!Number.isSafeInteger(partition) || partition < 0 || partition >= count)
      throw new UnknownPlaceError(`there are partitions 0 to ${count - 1}, not ${partition}: see "aethyr partitions list"`, { partition });
    if (host !== undefined && !isCandidate(host))
      throw new UnknownPlaceError(`no host called ${host} is alive and takes partitions: see "aethyr partitions list"`, { host });
    await board.pin(partitionName(partitions, partition), host);
  };
}
