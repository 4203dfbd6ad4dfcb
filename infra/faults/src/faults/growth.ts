import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createAppender, encodeFields, numberField, serverText, startImmudbServer, type ImmudbServer } from "@aethyr/bench/immudb";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import type { Fault } from "../fault.ts";
import { judge } from "../world/judge.ts";

const events = { long: 1_000_000, short: 2_000 } as const;
const [streams, writers] = [10_000, 250];

/** Bytes that a folder's files take on the disk, holes left out. */
function bytesOf(folder: string, named: (name: string) => boolean = () => true): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && named(join(entry.parentPath, entry.name)))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0);
}

const residentMegabytes = (pid: number): number => {
  if (process.platform !== "linux") return 0;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
};

async function maintain({ bare }: ImmudbServer, method: "FlushIndex" | "CompactIndex"): Promise<number> {
  const startedMs = performance.now();
  // FlushIndexRequest: 1 cleanupPercentage (a float, left out), 2 synced.
  await bare("log", ({ call }) => call(method, method === "FlushIndex" ? encodeFields(numberField(2, 1)) : Buffer.alloc(0)));
  return Math.round(performance.now() - startedMs);
}

const mostFlushes = 10;

/** Compacts the index, which the server does only when it was flushed a few times with something new in it. Milliseconds of the compaction. */
async function compacted(server: ImmudbServer, append: () => Promise<void>): Promise<number> {
  for (let flushes = 1; ; flushes += 1) {
    try {
      return await maintain(server, "CompactIndex");
    } catch (error) {
      if (flushes > mostFlushes || !serverText(error).includes("compaction threshold not yet reached")) throw error;
      await append();
      await maintain(server, "FlushIndex");
    }
  }
}

/** No fault: what a log of a million events takes, and how long it takes to come back. */
export const growth: Fault = {
  name: "growth",
  about: "1,000,000 events: bytes on the disk, the index before and after flush and compaction, time to reopen",
  holds: "[G1] [G2] a large log is whole after its index was flushed and compacted, and after a kill -9",
  once: true,
  async run({ directory, long, later, progress }) {
    const running = await startImmudbServer({ directory });
    const { server, place } = running;
    later(server.stop);
    const wanted = long ? events.long : events.short;
    const folder = join(server.dir, "data", "log");
    const sizes = (when: string): Record<string, number> => ({
      [`bytes of log per event${when}`]: Math.round(bytesOf(folder, (path) => !path.includes("/index")) / wanted),
      [`bytes of index per event${when}`]: Math.round(bytesOf(folder, (path) => path.includes("/index")) / wanted),
    });

    const store = await openImmudbEventStore({ ...place("log"), create: true });
    const { appendAs, accepted } = createAppender({ store, streams, writers });
    const startedMs = performance.now();
    let left: number = wanted;
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        while (left-- > 0) {
          await appendAs(writer);
          if (left % 100_000 === 0) progress(`${left.toLocaleString("en")} events to go`);
        }
      }),
    );
    const seconds = (performance.now() - startedMs) / 1000;

    async function reopened(): Promise<number> {
      const openedMs = performance.now();
      await server.restart();
      const again = await openImmudbEventStore(place("log"));
      await again.head();
      await again.outcomes(
        accepted()
          .slice(-1)
          .map(({ id }) => id),
      );
      await again.close();
      return Math.round(performance.now() - openedMs);
    }

    const written = { ...sizes(""), "MB resident": residentMegabytes(server.pid), "events/s": Math.round(wanted / seconds) };
    progress("flushing the index");
    const flush = { "ms to flush the index": await maintain(running, "FlushIndex"), ...sizes(" after the flush") };
    progress("compacting the index");
    const compact = { "ms to compact the index": await compacted(running, () => appendAs(0)), ...sizes(" after the compaction") };
    await store.close();
    progress("reopening");
    const stopped = { "ms to reopen": await reopened() };
    await server.kill("SIGKILL");
    const killed = { "ms to reopen after kill -9": await reopened() };
    progress("checking the log");
    const { events: found } = await judge(place("log"), accepted());
    return { counts: { events: found, ...written, ...flush, ...compact, ...stopped, ...killed } };
  },
};
