import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { storeOfWorld } from "@aethyr/embedded";
import type { Config } from "@aethyr/process";
import { probeStore, type StoreProbe } from "@aethyr/process/immudb";
import { examined, fail, ok, warn, type Check } from "./check.ts";

/** Whether what is written to the store's disk or server comes back; that of the data folder, once it has one. Nothing of the log is touched. */
export async function probeChecks(config: Config): Promise<readonly Check[]> {
  if (config.store === "memory") return [];
  // A folder that cannot be looked into is told by its own check, another engine than the configured one by that of the store.
  const kept = await storeOfWorld(config.data).catch(() => undefined);
  if (kept === "sqlite") return [await diskProbe(config.data)];
  if (kept === undefined && config.store === "sqlite") return [];
  let probe: StoreProbe | undefined;
  const connection = await examined("immudb connection", async () => {
    probe = await probeStore(config);
    const { address, database, username, encrypted } = probe;
    const found = `${address}, ${encrypted ? "encrypted" : "not encrypted"}, ${database} as ${username}, its settings as a log needs them`;
    if (encrypted || isThisMachine(address)) return ok("immudb connection", found);
    return warn("immudb connection", found, "passwords and events travel in the clear: see immudb.tls in the configuration");
  });
  return probe === undefined ? [connection] : [connection, rightsCheck(probe), writeCheck(probe)];
}

export function rightsCheck({ username, isAdministrator, mayAppend }: StoreProbe): Check {
  if (!mayAppend)
    return fail("immudb rights", `${username} may not append`, "name the user that appends as immudb.username: store init makes one");
  if (isAdministrator)
    return warn("immudb rights", `${username} is the server's administrator`, "use the user with fewer rights that store init makes");
  return ok("immudb rights", `${username} may append`);
}

export const writeCheck = ({ username, mayKeepSnapshots, ms }: StoreProbe): Check =>
  mayKeepSnapshots
    ? ok("store probe", `written and read back in ${ms} ms`)
    : fail(
        "store probe",
        `${username} may not write to the database of the snapshots`,
        "run store init again: it gives the user what it lacks",
      );

/** In the folder of the log: a full disk, or one that can only be read, shows. */
const diskProbe = async (data: string): Promise<Check> =>
  examined("store probe", async () => {
    const folder = join(data, "events");
    if (!existsSync(folder)) return fail("store probe", `there is no ${folder}`, "put it back from a copy: the world has its log in it");
    const file = join(folder, `${randomUUID()}.probe`);
    const text = randomUUID().repeat(100);
    const sinceMs = performance.now();
    try {
      const handle = await open(file, "wx", 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if ((await readFile(file, "utf8")) !== text)
        return fail("store probe", "something else was read than was written", "have the disk looked at, and restore from a backup");
    } finally {
      await rm(file, { force: true });
    }
    return ok("store probe", `written and read back in ${Math.ceil(performance.now() - sinceMs)} ms`);
  });

const isThisMachine = (address: string): boolean => /^(?:localhost|127\.[\d.]+|\[?::1\]?):\d+$/.test(address);
