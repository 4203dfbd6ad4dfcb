/** What became of one test file in one project; without a state its process ended before it could say anything. */
export interface FileResult {
  readonly project: string;
  /** Absolute path. */
  readonly file: string;
  readonly state: "passed" | "skipped" | "failed" | "pending" | "queued" | undefined;
}

/** What is done after a run: `repeat` these files, or nothing; then `because` says why not, where something was wrong. */
export interface Choice {
  readonly repeat?: readonly FileResult[];
  readonly because?: string;
}

/** What may be repeated. */
export interface RepeatLimits {
  readonly atMost: number;
  /** Only where the engine ended test processes and nothing else went wrong. */
  readonly onlyKilled: boolean;
}

/**
 * Chooses the files that are run once more: those that failed, did not come to an end, or had an error outside of every test. With more of them
 * than the limit, or an error that no file is known to have made, a second run would tell nothing new.
 */
export function chooseRepeat(results: readonly FileResult[], errors: readonly unknown[], limits: RepeatLimits): Choice {
  const said = errors.map(messagesOf);
  const wrong = results.filter(
    ({ state, file }) => (state !== "passed" && state !== "skipped") || said.some((messages) => messages.includes(file)),
  );
  if (wrong.length === 0 && errors.length === 0) return {};
  const foreign = said.find((messages) => !wrong.some(({ file }) => messages.includes(file)));
  if (foreign !== undefined) return { because: `no file is known for: ${foreign.split("\n", 1)[0]}` };
  if (limits.onlyKilled && (wrong.some(({ state }) => state === "failed") || !said.every(isKill))) return {};
  if (wrong.length > limits.atMost) return { because: `${wrong.length} files failed, more than ${limits.atMost}` };
  return { repeat: wrong };
}

const isKill = (messages: string): boolean => /exited unexpectedly with signal SIG\w+/.test(messages);

/** All that an error says, its causes and the test file that Vitest has noted in it included. */
function messagesOf(error: unknown): string {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return "";
  const parts = ["message" in error ? String(error.message) : "", "VITEST_TEST_PATH" in error ? String(error.VITEST_TEST_PATH) : ""];
  return [...parts, "cause" in error ? messagesOf(error.cause) : ""].join("\n");
}
