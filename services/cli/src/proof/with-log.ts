import { hasWorld, openLog, storeOfWorld, type Config, type OpenedLog } from "@aethyr/embedded";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";

/** Uses the log of the configured world, beside whoever runs the world: what it says is not believed but recomputed. */
export async function withLog<T>(call: Call, use: (log: OpenedLog) => Promise<T>): Promise<T> {
  const { config } = call.config();
  return using(await openLog(config, await storeFor(config)), call, use);
}

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
