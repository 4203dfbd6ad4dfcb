import { inTime } from "@aethyr/async";
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
      const first = await inTime(next, everyMs);
      if (first === undefined) {
        yield "\n";
        continue;
      }
      if (first.done === true) return;
      let text = line(first.value);
      next = iterator.next();
      for (let taken = 1; taken < mostPerChunk && text.length < fullChunk; taken += 1) {
        const more = await atOnce(next);
        if (more === undefined || more.done === true) break;
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

/** What is there already, give or take the promises in between. */
async function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  const quiet = new Promise<undefined>((resolve) => {
    setImmediate(() => resolve(undefined));
  });
  return Promise.race([promise, quiet]);
}
