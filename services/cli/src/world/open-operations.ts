import { hasWorld, openWorld, openWorldToRead } from "@aethyr/embedded";
import { connectOperations, type Operations } from "@aethyr/operator";
import { createLog, findRunning, operatorToken } from "@aethyr/process";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";
import { whileStarting } from "./while-starting.ts";

export type OpenedOperations = {
  readonly operations: Operations;
  /** Whether another process runs the world; otherwise it is stopped, and this one has it until it is closed. */
  readonly isRunning: boolean;
};

/** A world that starts has its folder before it has an address; with many events, some seconds before. */
const startMs = 10_000;

export type OpenOptions = {
  /** To change it: a stopped world is opened as it is when it runs. Otherwise only questions are answered. Default: as `make`. */
  readonly change?: boolean;
  /** A world that does not exist yet may be made, to be changed; otherwise that rejects with `no_world`. */
  readonly make?: boolean;
};

/**
 * The operations on the configured world: over the API of the process that runs it, else on the world opened here for the call, to read only
 * unless it is to be changed: then nothing of log and data folder changes by the question. Whoever calls this closes the operations. A world
 * that is just starting is waited for.
 */
export async function openOperations(call: Call, options: OpenOptions = {}): Promise<OpenedOperations> {
  return whileStarting(async () => openNow(call, options), {
    waitMs: startMs,
    signal: call.io.signal,
    onWait: () => call.notes.note("another process has the world and does not answer yet: waiting for it"),
  });
}

async function openNow(call: Call, { make = false, change = make }: OpenOptions): Promise<OpenedOperations> {
  const { config } = call.config();
  const running = await findRunning(config.data);
  if (running !== undefined)
    return { operations: connectOperations({ url: running.url, token: await operatorToken(config) }), isRunning: true };
  if (config.store === "memory") {
    throw new CliError(
      "not_running",
      `the configuration keeps the world in memory, and no process runs it: start it with "npx -y pnpm start"`,
    );
  }
  if (!make && !(await hasWorld(config.data))) {
    throw new CliError(
      "no_world",
      `there is no world in ${config.data} yet: start one with "npx -y pnpm start", or choose its folder with --data-folder; a cluster is asked while its console runs ("npx -y pnpm cluster")`,
      { folder: config.data },
    );
  }
  const log = createLog(
    { level: call.options.verbose === true ? "debug" : "error", format: config.log.format },
    call.io.stderr.isTTY === true,
  );
  const operations = change ? (await openWorld({ config, log })).operations : await openWorldToRead({ config, log });
  return { operations, isRunning: false };
}
