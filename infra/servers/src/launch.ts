import { setTimeout as delay } from "node:timers/promises";
import { ServerStartError } from "./errors.ts";
import { findFreePort } from "./free-port.ts";
import type { ServerCommand, ServerProcess } from "./server-process.ts";

const probeEveryMs = 20;
const killTimeoutMs = 10_000;
const lastWordsMs = 1_000;
const maxPortAttempts = 5;
const shownOutputChars = 4_000;

/** How one server is run on a given port, and how we know that it serves. */
export interface LaunchPlan {
  readonly command: ServerCommand;
  /** True once this very process answers in its own protocol. `output` is what it has printed. */
  readonly isReady: (output: string) => Promise<boolean>;
  /** True where it ended because what a run before it has left behind is still ending: it is started again. */
  readonly isTooSoon?: (output: string) => boolean;
}

export interface LaunchOptions {
  /** Port to use; without it a free one is found. */
  readonly port: number | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly plan: (port: number) => LaunchPlan;
  readonly spawn: (command: ServerCommand, port: number) => Promise<ServerProcess>;
}

/** Starts a server and waits until it serves. A port that we chose and somebody else took first is replaced. */
export async function launch(options: LaunchOptions): Promise<{ readonly process: ServerProcess; readonly port: number }> {
  const deadlineMs = performance.now() + options.timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const port = options.port ?? (await findFreePort());
    const { command, isReady, isTooSoon } = options.plan(port);
    const process = await options.spawn(command, port);
    try {
      await waitUntilReady(process, isReady, options);
      return { process, port };
    } catch (error) {
      await endProcess(process, "SIGKILL");
      if (isTooSoon?.(process.output()) === true && performance.now() < deadlineMs) {
        await delay(probeEveryMs);
        attempt -= 1;
        continue;
      }
      const retry = error instanceof ServerStartError && error.addressInUse && options.port === undefined;
      if (!retry || attempt === maxPortAttempts) throw error;
    }
  }
}

/** Sends a signal and waits for the end; kills when that takes longer than `timeoutMs`. */
export async function endProcess(process: ServerProcess, signal: NodeJS.Signals, timeoutMs: number = killTimeoutMs): Promise<void> {
  if (process.hasExited()) return;
  process.signal(signal);
  const bound = new AbortController();
  try {
    await Promise.race([process.exited, delay(timeoutMs, undefined, { signal: bound.signal })]);
  } finally {
    bound.abort();
  }
  if (process.hasExited()) return;
  process.signal("SIGKILL");
  await process.exited;
}

async function waitUntilReady(
  process: ServerProcess,
  isReady: LaunchPlan["isReady"],
  { timeoutMs, signal }: Pick<LaunchOptions, "timeoutMs" | "signal">,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (process.hasExited()) throw await endedTooEarly(process);
    if (await isReady(process.output())) return;
    if (performance.now() >= deadlineMs) {
      throw new ServerStartError(`The server did not serve within ${timeoutMs} ms. It printed:\n${tail(process)}`);
    }
    await Promise.race([delay(probeEveryMs), process.exited]);
  }
}

async function endedTooEarly(process: ServerProcess): Promise<ServerStartError> {
  const how = await process.exited;
  // Its last words say why.
  await Promise.race([process.printed, delay(lastWordsMs)]);
  const addressInUse = /address already in use/iu.test(process.output());
  const advice = addressInUse ? " Another process listens on its port: stop that one, or choose another port." : "";
  return new ServerStartError(`The server ended before it served (${how}).${advice} It printed:\n${tail(process)}`, {
    addressInUse,
  });
}

function tail(process: ServerProcess): string {
  return process.output().slice(-shownOutputChars);
}
