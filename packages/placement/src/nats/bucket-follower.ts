import { isStreamNotFound } from "@aethyr/nats";
import { KvWatchInclude, type KV, type KvEntry } from "@nats-io/kv";
import type { QueuedIterator } from "@nats-io/transport-node";
import type { Line } from "./connection.ts";

export type BucketFollower = { close(): Promise<void> };

type FollowOptions = {
  readonly bucket: KV;
  readonly line: Line;
  /** Between two looks at everything. */
  readonly resyncMs: number;
  /** How long the bucket itself is not found before all that was in it is gone; default 5,000. */
  readonly goneAfterMs?: number;
  /** An entry that is new, or gone (no value). */
  readonly onEntry: (key: string, value: Uint8Array | undefined, revision: number) => void;
};

const retryMs = 250;
const listTimeoutMs = 5_000;

/**
 * Tells what a bucket holds and resolves, then what changes in it. The watch is made anew whenever the connection was lost, and everything is
 * looked at now and then: so nothing is missed for long that a server forgot to tell, or cannot tell, such as that an entry ran out, or that
 * the whole bucket is no more.
 */
export async function followBucket({ bucket, line, resyncMs, goneAfterMs = 5_000, onEntry }: FollowOptions): Promise<BucketFollower> {
  /** The newest revision of every key that was seen, also of those that are gone. */
  const seen = new Map<string, number>();
  const present = new Set<string>();
  let open = true;
  let interrupt: () => void = () => undefined;
  let again = false;
  /** Since when NATS says that it has no such bucket. */
  let missingSince: number | undefined;
  /** Why the last look at everything failed. */
  let told: string | undefined;

  const tell = (key: string, value: Uint8Array | undefined, revision: number): void => {
    seen.set(key, revision);
    const was = present.has(key);
    if (value === undefined) present.delete(key);
    else present.add(key);
    if (value !== undefined || was) onEntry(key, value, revision);
  };
  const valueOf = (entry: KvEntry): Uint8Array | undefined => (entry.operation === "PUT" ? entry.value : undefined);
  const take = (entry: KvEntry): void => {
    if (entry.revision > (seen.get(entry.key) ?? 0)) tell(entry.key, valueOf(entry), entry.revision);
  };

  async function lookAtAll(): Promise<void> {
    const before = new Map(seen);
    const listed = await list(bucket);
    [missingSince, told] = [undefined, undefined];
    if (!open) return;
    // What the watch has told meanwhile is newer than the list.
    const isAsBefore = (key: string): boolean => seen.get(key) === before.get(key);
    for (const entry of listed.values()) {
      const known = seen.get(entry.key) ?? 0;
      // A bucket that was put back to an older state counts from there.
      if (entry.revision > known || (entry.revision < known && isAsBefore(entry.key))) tell(entry.key, valueOf(entry), entry.revision);
    }
    for (const key of present) if (!listed.has(key) && isAsBefore(key)) tell(key, undefined, seen.get(key) ?? 0);
  }

  /** Somebody deleted the bucket, or NATS lost what it kept. One that is made anew begins anew. */
  function missed(error: unknown): void {
    if (!isStreamNotFound(error)) {
      missingSince = undefined;
      return;
    }
    const now = performance.now();
    missingSince ??= now;
    if (!open || now - missingSince < goneAfterMs) return;
    for (const key of present) tell(key, undefined, seen.get(key) ?? 0);
    seen.clear();
  }

  /** Until it is interrupted, or so many milliseconds. */
  const rest = async (ms: number): Promise<"due" | "over"> => {
    if (again || !open) return "over";
    const { promise, resolve } = Promise.withResolvers<"due" | "over">();
    const timer = setTimeout(() => resolve("due"), ms);
    interrupt = () => resolve("over");
    const result = await promise;
    clearTimeout(timer);
    return result;
  };

  /** One watch, until it ends or has to be made anew. */
  async function watchOnce(onReady: () => void): Promise<void> {
    again = false;
    const entries = await bucket.watch({ key: ">", include: KvWatchInclude.UpdatesOnly });
    let isOver = false;
    const over = (): void => {
      isOver = true;
      interrupt();
    };
    const reading = readAll(entries, take);
    // Once, and not at each rest: the reading lives for as long as the connection does.
    reading.then(over, over);
    try {
      await lookAtAll();
      onReady();
      while (!isOver && (await rest(resyncMs)) === "due") await lookAtAll();
    } finally {
      entries.stop();
      await reading;
    }
  }

  async function run(ready: { resolve(): void; reject(error: unknown): void }): Promise<void> {
    let isReady = false;
    while (open) {
      try {
        await watchOnce(() => {
          isReady = true;
          ready.resolve();
        });
      } catch (error) {
        if (!isReady) {
          open = false;
          ready.reject(error);
          return;
        }
        missed(error);
        const detail = error instanceof Error ? error.message : String(error);
        // It is tried again and again, and said once.
        if (open && detail !== told) line.report({ type: "resync_failed", detail });
        told = detail;
      }
      if (open && !again) await rest(retryMs);
    }
  }

  const ready = Promise.withResolvers<void>();
  const forget = line.onReconnect(() => {
    again = true;
    interrupt();
  });
  const running = run(ready);
  const close = async (): Promise<void> => {
    open = false;
    forget();
    interrupt();
    await running;
  };
  try {
    await ready.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

async function readAll(entries: AsyncIterable<KvEntry>, take: (entry: KvEntry) => void): Promise<void> {
  for await (const entry of entries) take(entry);
}

async function list(bucket: KV): Promise<ReadonlyMap<string, KvEntry>> {
  const entries: QueuedIterator<KvEntry> = await bucket.history({ key: ">" });
  const listed = new Map<string, KvEntry>();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    entries.stop();
  }, listTimeoutMs);
  await readAll(entries, (entry) => void listed.set(entry.key, entry));
  clearTimeout(timer);
  if (late) throw new Error(`the list of entries did not end within ${listTimeoutMs} ms`);
  return listed;
}
