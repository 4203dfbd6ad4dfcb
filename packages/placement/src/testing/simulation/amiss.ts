import { desiredOwners } from "../../assignment/desired-owners.ts";
import type { Board } from "../../board.ts";
import { partitionNumber } from "../../partition-name.ts";
import { partitions, type Stage } from "./stage.ts";

/** What is not as it should be once all is quiet; undefined: nothing. */
export async function amiss({ plain, present, serving, stints }: Stage): Promise<string | undefined> {
  if (present().some(({ placement }) => placement === undefined)) return "somebody is joining";
  const candidates = serving().map(({ name }) => ({ host: name, weight: 1 }));
  for (const [partition, owner] of desiredOwners(candidates, partitions.count, await pinsOn(plain)).entries()) {
    const servedBy = [...stints].filter((one) => one.partition === partition).map(({ host }) => host.name);
    if (servedBy.length !== 1 || servedBy[0] !== owner) {
      return `partition ${partition} is at ${servedBy.join(", ") || "nobody"}, should be at ${owner}`;
    }
    for (const { name, placement } of serving()) {
      const seen = placement?.view().partitions[partition];
      if (seen?.owner !== owner || seen?.state !== "active") return `${name} sees partition ${partition} as ${JSON.stringify(seen)}`;
    }
  }
  return undefined;
}

async function pinsOn(board: Board): Promise<ReadonlyMap<number, string>> {
  const pins = new Map<number, string>();
  const watch = await board.watch((change) => {
    if (change.kind !== "pin") return;
    const partition = partitionNumber(partitions, change.partition);
    if (partition !== undefined && change.host !== undefined) pins.set(partition, change.host);
  });
  await watch.close();
  return pins;
}
