import { join } from "node:path";
import { hasWorld, logOfWorld, openLog, storeOfWorld, type OpenedLog } from "@aethyr/embedded";
import type { Config } from "@aethyr/process";
import { immudbAddress, immudbNames } from "@aethyr/process/immudb";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";

/**
 * Uses the log of the configured world, beside whoever runs the world: what it says is not believed but recomputed. `place` names engine and
 * place of it for a person.
 */
export async function withLog<T>(call: Call, use: (log: OpenedLog, place: string) => Promise<T>): Promise<T> {
  const { config } = call.config();
  const store = await storeFor(config);
  const place = await placeOf(store, config);
  return using(await openLog(config, store), call, async (log) => {
    const own = await logOfWorld(config.data);
    const { database, log: named } = await log.proof.state();
    const id = store === "sqlite" ? database : named;
    if (own !== undefined && id === undefined)
      call.notes.warn(`${place} does not tell which log it is: whether it is the one of the world in ${config.data} is not known`);
    else if (own !== undefined && own !== id)
      throw new CliError(
        "other_log",
        `${place} is the log ${id}, and the world in ${config.data} was started with the log ${own}: put the right one back, or name it; nothing was verified`,
        { folder: config.data, log: own, found: id ?? null },
      );
    return use(log, place);
  });
}

const placeOf = async (store: "sqlite" | "immudb", config: Config): Promise<string> =>
  store === "sqlite"
    ? `SQLite, in ${join(config.data, "events")}`
    : `ImmuDB, at ${await immudbAddress(config)}, database ${immudbNames(config).database}`;

/** Uses a log, and closes it however the use ends. */
export async function using<T>(log: OpenedLog, call: Call, use: (log: OpenedLog) => Promise<T>): Promise<T> {
  try {
    call.io.signal.throwIfAborted();
    return await use(log);
  } finally {
    call.notes.clear();
    await log.close();
  }
}

/** Where the log is that a data folder belongs to; somebody who only verifies may be without a folder. */
async function storeFor(config: Config): Promise<"sqlite" | "immudb"> {
  const store = await storeOfWorld(config.data);
  if (store !== undefined) return store;
  if (config.store === "immudb") return "immudb";
  throw new CliError(
    "no_world",
    (await hasWorld(config.data))
      ? `the world in ${config.data} has kept no events yet`
      : `there is no world in ${config.data}: choose its folder with --data-folder, or name an ImmuDB in the configuration`,
    { folder: config.data },
  );
}
