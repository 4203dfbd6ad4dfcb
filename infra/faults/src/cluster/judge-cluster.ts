import { isDeepStrictEqual } from "node:util";
import {
  BadHistoryError,
  checkFeed,
  createHoldings,
  createOrderCheck,
  type CarriedEvent,
  type LoggedEvent,
  type PlacedEvent,
} from "@aethyr/bench/history";
import { readLog } from "@aethyr/event-store";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { pathOf } from "@aethyr/kernel";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { judge } from "../world/judge.ts";
import { until, type FireCluster } from "./fire-cluster.ts";
import type { Records } from "./load.ts";

const mostRows = 5_000;

/**
 * Holds the whole log of a quiet cluster against what its clients sent and were told, and everything that follows the log against the log:
 * the history check, the order of each sender, where things are, the feed, the read models, the queue lane. Gives the number of events. Rejects with
 * `BadHistoryError` or `GuaranteeBrokenError`.
 */
export async function judgeCluster(fire: FireCluster, records: Records): Promise<number> {
  // A copy of a command that is still there may take effect.
  await nothingWaits(fire);
  const holdings = createHoldings();
  const log: LoggedEvent[] = [];
  const placed: PlacedEvent[] = [];
  const store = await openImmudbEventStore(fire.log);
  try {
    for await (const event of readLog(store)) {
      const { id, stream, version, position, meta, bytes } = event;
      placed.push({ id, stream: pathOf(stream), version, position, command: meta.command });
      holdings.add(event);
      log.push({ position, bytes });
    }
  } finally {
    await store.close();
  }
  const { events } = await judge(fire.log, records.accepted);
  const order = createOrderCheck(records.sent);
  for (const event of placed) order.add(event);
  const feed = await carriedUpTo(fire, log.at(-1)?.position ?? 0);
  const faults = [...order.finish(), ...holdings.finish(), ...checkFeed(log, feed)];
  if (faults.length > 0) throw new BadHistoryError(faults);
  await readModelsAre(fire, holdings.places());
  return events;
}

/** What the feed keeps, once it has come to the end of the log. */
async function carriedUpTo({ administrator, world }: FireCluster, head: number): Promise<readonly CarriedEvent[]> {
  const stream = `EVT_${world}`;
  const manager = await jetstreamManager(administrator);
  const numberOf = (header: { get(name: string): string } | undefined, name: string): number => Number(header?.get(name) ?? Number.NaN);
  let newest = 0;
  const { first_seq: first, last_seq: last } = await until(
    `the feed has come to position ${head}, where the log ends`,
    async () => {
      const { state } = await manager.streams.info(stream);
      if (state.messages === 0) return head === 0 ? state : undefined;
      const message = await manager.streams.getMessage(stream, { seq: state.last_seq });
      newest = numberOf(message?.header, "Evt-Position");
      return newest >= head ? state : undefined;
    },
    () => String(newest),
  );
  const carried: CarriedEvent[] = [];
  if (last < first) return carried;
  const consumer = await jetstream(administrator).consumers.get(stream, { opt_start_seq: first });
  const messages = await consumer.consume({ max_messages: 1_000 });
  for await (const { seq, headers, data } of messages) {
    carried.push({ position: numberOf(headers, "Evt-Position"), previous: numberOf(headers, "Evt-Previous"), bytes: data });
    if (seq >= last) break;
  }
  await messages.close();
  return carried;
}

/** Waits until the queue lane is empty: what is left there when all senders have their answers is kept by a host that never deals with it. */
async function nothingWaits({ administrator, world }: FireCluster): Promise<void> {
  const manager = await jetstreamManager(administrator);
  let messages = 0;
  await until(
    "the queue lane is empty",
    async () => {
      messages = (await manager.streams.info(`CMD_${world}`)).state.messages;
      return messages === 0;
    },
    () => `${messages} commands`,
  );
}

/** Waits until the read models say of each thing what its history says, and of each holder what it holds. */
async function readModelsAre({ operations }: FireCluster, places: ReadonlyMap<string, string | null>): Promise<void> {
  const expected = [...places].map(([thing, place]) => `${thing} in ${place ?? "nothing"}`).toSorted();
  const inHolders = [...places]
    .flatMap(([thing, place]) => (place === null || place.startsWith("room/") ? [] : [`${thing} in ${place}`]))
    .toSorted();
  const locations = `select object_type || '/' || object_id || ' in ' || coalesce(container_type || '/' || container_id, 'nothing') as line from object_locations`;
  const inventories = `select 'game-object/' || item_id || ' in ' || holder_type || '/' || holder_id as line from inventory_items`;
  let seen: unknown;
  const lines = async (sql: string): Promise<readonly string[]> => {
    const { rows } = await operations.readModels.query(sql, { limit: mostRows });
    return rows.map(({ line }) => (typeof line === "string" ? line : JSON.stringify(line))).toSorted();
  };
  await until(
    "the read models are what the log's events say",
    async () => {
      try {
        const [where, held] = [await lines(locations), await lines(inventories)];
        const differing = [...differences(where, expected), ...differences(held, inHolders)];
        seen = differing.slice(0, 10);
        return isDeepStrictEqual(where, expected) && isDeepStrictEqual(held, inHolders);
      } catch (error) {
        // The console may have lost its servers a moment ago, as anybody else.
        seen = error instanceof Error ? error.message : String(error);
        return false;
      }
    },
    () => JSON.stringify(seen),
  );
}

const differences = (actual: readonly string[], expected: readonly string[]): readonly string[] => [
  ...actual.filter((line) => !expected.includes(line)).map((line) => `read model only: ${line}`),
  ...expected.filter((line) => !actual.includes(line)).map((line) => `log only: ${line}`),
];
