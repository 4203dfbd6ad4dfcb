import { join } from "node:path";
import type { EventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { verifyLog, type ProvableLog } from "@aethyr/proof";
import type { Benchmark, RunOptions } from "../harness/benchmark.ts";
import { figureOf, type Figure } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { createAppender } from "../immudb/appender.ts";
import { withLogAndFloor } from "../immudb/log-and-floor.ts";

const wantedEvents = 200_000;
const shortEvents = 10_000;
const [streams, writers] = [1_024, 256];

type Provable = EventStore & { readonly proof: ProvableLog };
type Page = { readonly from: number; readonly limit: number };

/** Fills a log as a busy host would: many commands in a transaction. */
async function fill(store: EventStore, events: number): Promise<void> {
  const { appendAs } = createAppender({ store, streams, writers });
  let left = events;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      while (left-- > 0) await appendAs(writer);
    }),
  );
}

/** The same log, and the pages that were asked of it. */
function noting(log: ProvableLog): { readonly log: ProvableLog; readonly pages: readonly Page[] } {
  const pages: Page[] = [];
  const transactions: ProvableLog["transactions"] = (from, limit) => {
    pages.push({ from, limit });
    return log.transactions(from, limit);
  };
  return { log: { ...log, transactions }, pages };
}

async function measure(
  name: string,
  { proof, ...store }: Provable,
  { rounds, seconds, short }: RunOptions,
  { progress, server }: { readonly progress: (text: string) => void; readonly server?: { readonly pid: number } },
): Promise<Figure> {
  const events = short ? shortEvents : wantedEvents;
  progress(`writing ${events} events`);
  await fill(store, events);
  let [entries, transactions] = [0, 0];

  async function verify(): Promise<readonly Page[]> {
    const { log, pages } = noting(proof);
    const verified = await verifyLog(log);
    if (!verified.ok) throw new Error(`the log is refused: ${JSON.stringify(verified)}`);
    entries = verified.entries;
    transactions = verified.to;
    return pages;
  }
  async function onlyRead(pages: readonly Page[]): Promise<void> {
    let next: Promise<unknown> | undefined;
    // One page ahead, as in the verification.
    for (const { from, limit } of pages) {
      await next;
      next = proof.transactions(from, limit);
    }
    await next;
  }
  /** Events per second, over as many times as fit. */
  async function rateOf(work: () => Promise<unknown>): Promise<{ readonly perSecond: number; readonly others: number }> {
    const meter = startMeter(server);
    let times = 0;
    for (const untilMs = performance.now() + seconds * 1000; times === 0 || performance.now() < untilMs; times += 1) await work();
    const measured = meter();
    return { perSecond: (events * times) / measured.seconds, others: measured.others };
  }

  const pages = await verify();
  const done = [];
  for (let number = 1; number <= rounds; number += 1) {
    progress(`round ${number} of ${rounds}`);
    const verified = await rateOf(verify);
    const read = await rateOf(() => onlyRead(pages));
    done.push({ value: verified.perSecond, floor: read.perSecond, others: verified.others });
  }
  return figureOf({
    name,
    unit: "events/s",
    aim: { atLeast: 100_000 },
    rounds: done,
    floorDoes: "the same pages of raw transactions read from the store, one ahead, and nothing recomputed",
    notes: [
      `${events} events${short ? ` (SHORT: ${wantedEvents} are meant)` : ""} and as many command records: ${entries} entries in ${transactions} transactions, every hash recomputed`,
    ],
  });
}

/** Events per second of `log verify`: the whole chain of a log recomputed from its raw transactions. */
export const verifyBenchmarks: readonly Benchmark[] = [
  {
    name: "immudb-verify",
    about: "events/s of `log verify` on ImmuDB",
    needs: "immudb",
    run: (options, progress) =>
      withLogAndFloor(options.directory, ({ store, server }) => measure("immudb-verify", store, options, { progress, server })),
  },
  {
    name: "sqlite-verify",
    about: "events/s of `log verify` on SQLite",
    async run(options, progress) {
      const store = await openSqliteEventStore({ directory: join(options.directory, "log") });
      const figure = await measure("sqlite-verify", store, options, { progress });
      await store.close();
      return figure;
    },
  },
];
