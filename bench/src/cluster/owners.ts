import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalCluster } from "@aethyr/local-cluster";

/** A partition as the board has it. */
export type Owned = { readonly partition: number; readonly owner: string | null; readonly state: string; readonly desired: string | null };

/** Asks the console's API. */
async function ownersOf({ services, consoleFolder }: LocalCluster): Promise<readonly Owned[]> {
  const url = String(services.get("console")?.facts()["url"]);
  const token = (await readFile(join(consoleFolder, "operator.token"), "utf8")).trim();
  const answer = await fetch(`${url}/v1/partitions`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`the console answered ${answer.status} when it was asked who owns what`);
  const { partitions } = (await answer.json()) as { readonly partitions: readonly Owned[] };
  return partitions;
}

const patienceMs = 90_000;

/** Waits until so many hosts have the partitions, each where it should be and at work. */
export async function settled(cluster: LocalCluster, hosts: number): Promise<readonly Owned[]> {
  for (const untilMs = performance.now() + patienceMs; ;) {
    const owned = await ownersOf(cluster);
    const owners = new Set(owned.map(({ owner }) => owner));
    const isSettled = owned.every(({ state, owner, desired }) => state === "active" && owner !== null && owner === desired);
    if (isSettled && owners.size === hosts) return owned;
    if (performance.now() > untilMs) throw new Error(`${hosts} hosts have not shared the partitions: ${JSON.stringify(owned)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
