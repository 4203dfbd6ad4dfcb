type Closable = { close(): Promise<unknown> };

/** What was opened, to be closed together. */
export type Closers = {
  /** Takes charge of closing a part. */
  readonly opened: <T extends Closable>(part: T) => T;
  /** Closes each part once, the last opened first; all of them, whatever becomes of one. Rejects with the first failure, each time. */
  readonly close: () => Promise<void>;
};

export function createClosers(): Closers {
  const parts: Closable[] = [];
  const failures: unknown[] = [];
  let closing: Promise<void> = Promise.resolve();

  async function closeParts(): Promise<void> {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.close();
      } catch (error) {
        failures.push(error);
      }
    }
  }

  return {
    opened(part) {
      parts.push(part);
      return part;
    },
    async close() {
      // Again each time: something may have been opened since.
      closing = closing.then(closeParts);
      await closing;
      if (failures.length > 0) throw failures[0];
    },
  };
}
