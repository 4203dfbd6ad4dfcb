import type { Bus } from "@aethyr/bus";
import type { NatsServerCount } from "@aethyr/local-cluster";
import { startFireCluster, type FireCluster } from "./fire-cluster.ts";
import { makeThings, type Records } from "./load.ts";

/** A cluster with the clients' connections, and their own records of all rounds on it. */
export type Stage = {
  readonly fire: FireCluster;
  readonly buses: readonly Bus[];
  readonly records: Records;
  close(): Promise<void>;
};

const connections = 3;

/** Starts a cluster on so many NATS servers, with everything in a folder, and makes the things that its rounds are about. */
export async function openStage(folder: string, natsServers: NatsServerCount): Promise<Stage> {
  const fire = await startFireCluster(folder, natsServers);
  const buses: Bus[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(buses.map((bus) => bus.close()));
    await fire.close();
  };
  try {
    for (let number = 1; number <= connections; number += 1) buses.push(await fire.connectNode(`sender ${number}`));
    const records: Records = { accepted: [], sent: [] };
    const [first] = buses;
    if (first !== undefined) await makeThings(first, records);
    return { fire, buses, records, close };
  } catch (error) {
    await close();
    throw error;
  }
}
