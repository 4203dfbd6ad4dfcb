import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startNats, startNatsCluster, type RunningServer } from "@aethyr/servers";
import { z } from "zod";

/** One, or three that are a cluster of their own: what they keep is then kept by each of them, and one may die. */
export type NatsServerCount = 1 | 3;
export type NatsServers = readonly [RunningServer, ...RunningServer[]];

export type NatsServersOptions = {
  readonly folder: string;
  readonly count: NatsServerCount;
  /** Text in nats-server's configuration language, the same for all. */
  readonly config: string;
  /** Whether they tell their clients of each other. */
  readonly advertise: boolean;
  /** Of the first; the others have the next ones. Absent: any free ones. */
  readonly port?: number | undefined;
};

/** What a folder has was begun with another number of NATS servers. */
class OtherNatsServersError extends Error {
  readonly code = "other_nats_servers";
  override readonly name = "OtherNatsServersError";
}

/** What they keep is of so many servers, and of servers of that name. */
const Kept = z.object({ servers: z.union([z.literal(1), z.literal(3)]), name: z.string().min(1) });

/**
 * Starts the NATS servers of a folder on this machine, and stops all where one fails. A folder keeps the number that it began with:
 * rejects with `OtherNatsServersError` for another one.
 */
export async function startNatsServers({ folder, count, config, advertise, port }: NatsServersOptions): Promise<NatsServers> {
  const dir = join(folder, "nats");
  const { servers: kept, name } = await keptIn(folder, dir, count);
  if (kept !== count)
    throw new OtherNatsServersError(
      `${folder} was begun with ${inWords(kept)}, and what they keep cannot be had with ${inWords(count)}: start it with ` +
        `that number, or begin in another folder`,
    );
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (count === 1) return [await startNats({ dir, port, config })];
  const [first, ...others] = (await startNatsCluster({ servers: count, dir, name, config, advertise, port })).servers;
  if (first === undefined) throw new RangeError("a cluster has servers");
  return [first, ...others];
}

async function keptIn(folder: string, dir: string, count: NatsServerCount): Promise<z.output<typeof Kept>> {
  const file = join(folder, "nats.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return Kept.parse(JSON.parse(text));
  // A folder from before there was a choice.
  const isOld = await access(dir).then(
    () => true,
    () => false,
  );
  const made = { servers: isOld ? 1 : count, name: `aethyr-${randomUUID()}` } as const;
  await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
  return made;
}

const inWords = (count: NatsServerCount): string => (count === 1 ? "one NATS server" : `${count} NATS servers`);
