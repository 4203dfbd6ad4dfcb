/** Rounds of the event loop: what a bus inside the process does by itself is done then. */
export async function settled(rounds = 1): Promise<void> {
  for (let left = rounds; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs a test that is expected to raise uncaught exceptions, and gives back those instead of ending the process. */
export async function uncaughtOf(body: () => Promise<void>): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => errors.push(error));
  try {
    await body();
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  }
  return errors;
}
