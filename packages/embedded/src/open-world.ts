import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Registry } from "prom-client";
import { createInProcessBus } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";
import type { Domain } from "@aethyr/kernel";
import { createOperations, type Operations } from "@aethyr/operator";
import { createActorHost, createMetrics, defaultHostOptions, serveCommands, startRelay, type Log } from "@aethyr/runtime";
import { createCensus } from "@aethyr/world";
import type { Config } from "./config/schema.ts";
import { layout } from "./data-folder.ts";
import { loadDomain, unknownTypes } from "./load-domain.ts";
import { replace } from "./once-file.ts";
import { watchProcess } from "./process-metrics.ts";
import { announce, withdraw } from "./running.ts";
import { snapshotEvery } from "./snapshot-every.ts";
import { openStores } from "./store/open-stores.ts";
import { watchLog } from "./store/watch-log.ts";

export type WorldOptions = {
  readonly config: Config;
  readonly log: Log;
  /** What lives in the world; default the game world, with what the configured modules add to it. */
  readonly domain?: Domain;
  /** Sends the commands that make the starter world, each under an id of its own that is the same at every call. Called for a world without events, and again if it did not end. */
  readonly importStarterWorld?: (send: Operations["sendCommands"]) => Promise<void>;
};

export type World = {
  /** `close` of these closes the world. */
  readonly operations: Operations;
  /** Names this start of the world. */
  readonly instance: string;
  /** Rejects while the store is away. */
  ready(): Promise<void>;
  /** Tells others on this machine where its operator API is, until the world is closed. */
  announce(url: string): Promise<void>;
  /** Takes no more commands, finishes those it has, writes snapshots, lets go of the data folder. */
  close(): Promise<void>;
};

/**
 * Opens a whole world in this process: store, keys, bus, actor host, relay and the operations on it. Rejects with `invalid_config`, `invalid_module`, the codes
 * of `DataFolderError`, `immudb_settings`, `immudb_unreachable` or `immudb_refused`, and `foreign_store` or `unavailable` of the store; then nothing stays open.
 */
export async function openWorld({ config, log, domain: given, importStarterWorld }: WorldOptions): Promise<World> {
  const domain = given ?? (await loadDomain(config.modules));
  const every = snapshotEvery(config.snapshotEvery, domain);
  const instance = randomUUID();
  const closers: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closers));
  const opened = <T extends { close(): Promise<unknown> }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };

  try {
    closers.push(() => withdraw(config.data, instance));
    const { store, keys, proof, journaled } = await openStores(config, log, opened);
    const watch = proof && opened(await watchLog(proof, config, log));
    const missing = unknownTypes(domain, await store.statistics());
    if (missing.length > 0) {
      log.warn(
        { types: missing },
        "the log holds aggregates or events that nothing here knows: name the module that they come from in `modules`",
      );
    }
    const bus = opened(createInProcessBus());
    const relay = opened(await startRelay({ store, bus, log, from: "head" }));
    const registry = new Registry();
    watchProcess(registry, { head: () => store.head(), published: () => relay.published() });
    const { pending: pendingLimit, mailbox: mailboxLimit, drainMs } = config.limits;
    const { idleMs, activeLimit } = config;
    // A disk that takes its time has not gone away.
    const stallMs = config.store === "immudb" ? defaultHostOptions.stallMs : 0;
    const host = opened(
      createActorHost({
        domain,
        store,
        keys,
        log,
        metrics: createMetrics(registry),
        options: { pendingLimit, mailboxLimit, drainMs, idleMs, activeLimit, stallMs, snapshotEvery: every },
        onCommitted(position) {
          relay.hint(position);
          watch?.committed();
        },
      }),
    );
    journaled?.onQuarantine((_, streams) => host.discard(streams));
    opened(await serveCommands({ host, bus, log }));
    const operations = opened(createOperations({ store, domain, census: createCensus(), host, bus, log }));
    if (importStarterWorld !== undefined && config.starterWorld)
      await importOnce(config, store, () => importStarterWorld((commands) => operations.sendCommands(commands)), log);
    return {
      operations: { ...operations, close },
      instance,
      async ready() {
        // With a journal it takes commands also while its log is away.
        if (journaled === undefined) await store.head();
      },
      announce: (url) => announce(config.data, { instance, pid: process.pid, world: config.world, url }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Until its mark is gone the import is not done, however the process ended; it is safe to do again. */
async function importOnce({ store: kind, data }: Config, store: EventStore, work: () => Promise<void>, log: Log): Promise<void> {
  const mark = join(data, layout.importing);
  if ((await store.head()) !== 0 && !(kind !== "memory" && existsSync(mark))) return;
  if (kind !== "memory") await replace(mark, "");
  log.info({}, "the world is empty: making the starter world");
  await work();
  await rm(mark, { force: true });
}

/** The last opened first; all of them, whatever becomes of one. Rejects with the first failure. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const each of closers.toReversed()) await each().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
