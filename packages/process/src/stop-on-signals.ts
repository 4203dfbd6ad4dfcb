import type { Log } from "@aethyr/runtime";

/** On SIGTERM or SIGINT lets `stop` finish what is under way; a second signal ends the process at once, with exit code 1. */
export function stopOnSignals(log: Log, stop: () => Promise<void>, failed: (error: unknown) => void): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping: finishing what is under way; the same signal again stops at once");
    stop().then(() => log.info({}, "stopped"), failed);
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
}

/** Says on standard error what is wrong, one line for each thing, and lets the process end with exit code 1 once everything is closed. */
export function failProcess(error: unknown): void {
  const problems =
    error instanceof Error && "problems" in error && Array.isArray(error.problems)
      ? error.problems
      : [error instanceof Error ? error.message : error];
  for (const problem of problems) process.stderr.write(`aethyr: ${String(problem)}\n`);
  process.exitCode = 1;
}
