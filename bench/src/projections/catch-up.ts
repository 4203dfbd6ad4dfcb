import { createInProcessBus } from "@aethyr/bus";
import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { createProjections, type Projections, type ReadModelDatabase } from "@aethyr/projections";
import { readModels } from "@aethyr/read-models";
import { world } from "@aethyr/world";
import { startMeter, type Measured } from "../harness/meter.ts";
import { watchDatabase, type WatchedTransaction } from "./watched-database.ts";

type Parts = { readonly database: ReadModelDatabase; readonly store: EventStore };

/** Uses the read models over a store whose events nobody adds to. */
async function withProjections<T>({ database, store }: Parts, use: (projections: Projections) => Promise<T>): Promise<T> {
  const bus = createInProcessBus();
  const projections = createProjections({ database, store, feed: bus, domain: world, projections: readModels });
  try {
    return await use(projections);
  } finally {
    await projections.close();
    await bus.close();
  }
}

/** Makes the tables, so that they are there and empty. */
export async function makeTables(database: ReadModelDatabase): Promise<void> {
  const store = createMemoryEventStore();
  await withProjections({ database, store }, async (projections) => {
    projections.start();
    while ((await projections.status()).some(({ active }) => active === undefined));
  });
  await store.close();
}

/** All read models from nothing to the head of the log; what was written on the way. */
export async function catchUp({
  database,
  store,
}: Parts): Promise<{ readonly measured: Measured; readonly written: readonly WatchedTransaction[] }> {
  const head = await store.head();
  const written: WatchedTransaction[] = [];
  const watched = watchDatabase(database, (transaction) => written.push(transaction));
  return withProjections({ database: watched, store }, async (projections) => {
    const stop = startMeter();
    projections.start();
    await Promise.all(readModels.map(({ name }) => projections.reached(name, head)));
    return { measured: stop(), written };
  });
}

/** The same transactions, statement by statement, each when those before it that wrote the same copies are done, and nothing else. */
export async function writeAgain(database: ReadModelDatabase, written: readonly WatchedTransaction[]): Promise<Measured> {
  const stop = startMeter();
  const last = new Map<string, Promise<void>>();
  for (const { copies, statements } of written) {
    const before = Promise.all(copies.map(({ schema }) => last.get(schema) ?? Promise.resolve()));
    const done = before.then(() =>
      database.kysely.transaction().execute(async (transaction) => {
        for (const statement of statements) await transaction.executeQuery(statement);
      }),
    );
    for (const { schema } of copies) last.set(schema, done);
  }
  await Promise.all(last.values());
  return stop();
}
