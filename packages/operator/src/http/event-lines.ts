import type { RecordedEvent } from "@aethyr/kernel";

const keepAliveMs = 20_000;
const mostPerChunk = 500;
const fullChunk = 64 * 1024;

/**
 * Events as NDJSON text. Events that are there together go together; while none come, an empty line now and then tells both ends that the
 * other is still there.
 */
export async function* eventLines(
  events: AsyncIterable<RecordedEvent>,
  signal: AbortSignal,
  everyMs = keepAliveMs,
): AsyncGenerator<string, void> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (!signal.aborted) {
      const first = await soon(next, everyMs);
      if (first === "quiet") {
        yield "\n";
        continue;
      }
      if (first.done === true) return;
      let text = line(first.value);
      next = iterator.next();
      for (let taken = 1; taken < mostPerChunk && text.length < fullChunk; taken += 1) {
        const more = await atOnce(next);
        if (more === "quiet" || more.done === true) break;
        text += line(more.value);
        next = iterator.next();
      }
      yield text;
    }
  } finally {
    // Its failure was thrown above, or nobody is there any more to be told.
    next.catch(() => undefined);
    await iterator.return?.();
  }
}

const line = (event: RecordedEvent): string => `${JSON.stringify(event)}\n`;

async function soon<T>(promise: Promise<T>, ms: number): Promise<T | "quiet"> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<"quiet">((resolve) => {
    timer = setTimeout(() => resolve("quiet"), ms);
  });
  try {
    return await Promise.race([promise, quiet]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is there already, give or take the promises in between. */
async function atOnce<T>(promise: Promise<T>): Promise<T | "quiet"> {
  const quiet = new Promise<"quiet">((resolve) => {
    setImmediate(() => resolve("quiet"));
  });
  return Promise.race([promise, quiet]);
}
