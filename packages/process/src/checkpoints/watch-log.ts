import type { ProvableLog } from "@aethyr/proof";
import type { Log } from "@aethyr/runtime";
import type { Config } from "../config/schema.ts";
import { checkpointFile } from "./checkpoint-file.ts";
import { openCheckpointer } from "./open-checkpointer.ts";

export type LogWatch = {
  /** The host has committed something. Returns at once. */
  committed(): void;
  /** Makes a last checkpoint, if the log has grown since the one before. */
  close(): Promise<void>;
};

/** The log is asked where it is after so many commits; several may share a transaction. */
const commitsAtOnce = 64;

/**
 * Makes checkpoints of the log of a running world, and looks each time whether the log still goes on from the one before: where it does not,
 * somebody has changed history, and the log of the process says so, loudly. The world goes on: what to do is for people to decide. Rejects with
 * `checkpoints_unreadable` or `immudb_settings`.
 */
export async function watchLog(proof: ProvableLog, config: Config, log: Log): Promise<LogWatch> {
  const { everyTxs } = config.checkpoints;
  if (everyTxs === 0) return { committed: () => undefined, close: async () => undefined };
  const file = checkpointFile(config);
  const checkpointer = await openCheckpointer(config, proof, everyTxs);
  let commits = 0;
  let underWay: Promise<void> | undefined;

  async function advance(): Promise<void> {
    try {
      const advanced = await checkpointer.advance();
      if (!advanced.ok) log.error({ rule: advanced.rule, file }, `${advanced.message}: "aethyr log verify" tells more`);
    } catch (error) {
      log.warn({ err: error, file }, "no checkpoint could be made of the log; it is tried again");
    }
  }
  function start(): void {
    commits = 0;
    underWay = advance().finally(() => {
      underWay = undefined;
      startIfDue();
    });
  }
  const startIfDue = (): void => {
    if (underWay === undefined && commits >= Math.min(everyTxs, commitsAtOnce)) start();
  };

  start();
  return {
    committed() {
      commits += 1;
      startIfDue();
    },
    async close() {
      while (underWay !== undefined) await underWay;
      // One that does not go on was told when it was found; a log that is away is looked at when the world starts again.
      await checkpointer
        .advance(1)
        .catch((error: unknown) => log.warn({ err: error, file }, "no last checkpoint could be made of the log"));
    },
  };
}
