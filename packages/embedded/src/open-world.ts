import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInProcessBus, type Bus } from "@aethyr/bus";
import { createClient, createLogReader, type Client } from "@aethyr/client";
import { ClosedError, type EventStore } from "@aethyr/event-store";
import type { Domain } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";
import {
  announce,
  createClosers,
  hostOptions,
  layout,
  loadModules,
  processMetrics,
  replace,
  unknownTypes,
  watchEventLoop,
  watchLog,
  withdraw,
  type Config,
} from "@aethyr/process";
import { passwordHashes } from "@aethyr/process/players";
import { createActorHost, serveCommands, startRelay, type Log } from "@aethyr/runtime";
import type { Registry } from "prom-client";
import { caughtUpWith } from "./caught-up.ts";
import { watchJournal } from "./journal-metrics.ts";
import { openReadModels, type OpenReadModels } from "./open-read-models.ts";
import { openStores } from "./store/open-stores.ts";
import { worldOperations } from "./world-operations.ts";

export type WorldOptions = {
  readonly config: Config;
  readonly log: Log;
  /** What lives in the world; default the game world, with what the configured modules add to it. */
  readonly domain?: Domain;
  /** Sends the commands that make the starter world, each under an id of its own that is the same at every call. Called for a world without events, and again if it did not end. */
  readonly importStarterWorld?: (send: Operations["sendCommands"]) => Promise<void>;
  /** Whether read models are kept, where the configuration wants any. Default false: a world that is opened for a few commands needs none. */
  readonly readModels?: boolean;
  /** Told once, if it cannot go on, as its log is not the one that it had. By then it takes no more commands, and closes itself. */
  readonly onStopped?: (error: Error) => void;
};

export type World = {
  /** `close` of these closes the world. */
  readonly operations: Operations;
  /** Names this start of the world. */
  readonly instance: string;
  /** Aggregate and event types of its log that nothing here knows: a module is not named. What has them in its history cannot be read. */
  readonly unknownTypes: readonly string[];
  /** Counts what happens in this process; whoever serves players or others adds to it. */
  readonly metrics: Registry;
  /** A client of this world, for who sends what; closed with the world. Waits for read models where any are kept. */
  connect(actor?: string): Client;
  /** Position of the newest event of the log. */
  head(): Promise<number>;
  /** The argon2id hash of a player's password, which only the holder of the keys can read; undefined where there is no such player. */
  passwordHashOf(playerId: string): Promise<string | undefined>;
  /** Undefined where none are kept. */
  readonly readModels: OpenReadModels | undefined;
  /** Rejects while it takes no commands: it is closed, or its store is away and there is no journal. */
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
export const openWorld = (options: WorldOptions): Promise<World> => openWorldOn(createInProcessBus(), options);

/** On a bus that it closes. */
export async function openWorldOn(bus: Bus, options: WorldOptions): Promise<World> {
  const { config, log, domain: given, importStarterWorld, onStopped } = options;
  const loaded = await loadModules(config.modules);
  const domain = given ?? loaded.domain;
  const ofHost = hostOptions(config, domain);
  const instance = randomUUID();
  const { opened, close: closeParts } = createClosers();
  let closed = false;
  let stoppedBy: Error | undefined;

  function close(): Promise<void> {
    closed = true;
    return closeParts();
  }

  function stopped(reason: Error): void {
    stoppedBy = reason;
    log.error({ err: reason }, "the world stops: what it would do nobody could see");
    close().catch((failure: unknown) => log.error({ err: failure }, "the world stopped, but not cleanly"));
    onStopped?.(reason);
  }

  try {
    opened({ close: () => withdraw(config.data, instance) });
    const { store, keys, proof, journaled, logId } = await openStores(config, log, opened);
    const watch = proof && opened(await watchLog(proof, config, log));
    // One record that is damaged is no reason for a world to stay away: it costs what is read of it, and that says so.
    const counted = await store.statistics().catch((error: unknown) => {
      log.error({ err: error }, "the log cannot be counted, so that it is not known whether modules are missing: run `log verify`");
    });
    const missing = counted ? unknownTypes(domain, counted) : [];
    if (missing.length > 0) {
      log.warn(
        { types: missing },
        "the log holds aggregates or events that nothing here knows: name the module that they come from in `modules`",
      );
    }
    opened(bus);
    const relay = opened(await startRelay({ store, bus, log, from: "head", onStopped: stopped }));
    const metrics = processMetrics({ head: () => store.head(), published: () => relay.published() });
    opened(watchEventLoop(metrics.registry));
    const host = opened(
      createActorHost({
        domain,
        store,
        keys,
        log,
        metrics,
        options: ofHost,
        onCommitted(position) {
          relay.hint(position);
          watch?.committed();
        },
      }),
    );
    if (journaled) watchJournal(metrics.registry, journaled);
    journaled?.onQuarantine((_, streams) => host.discard(streams));
    opened(await serveCommands({ host, bus, log }));
    const reading = { config, store, bus, domain, log, metrics: metrics.registry, logId, more: loaded.projections };
    const readModels = options.readModels === true ? await openReadModels(reading, opened) : undefined;
    const operations = opened(worldOperations({ store, domain, host, bus, readModels: async () => readModels, log }));
    if (importStarterWorld !== undefined && config.starterWorld)
      await importOnce(config, store, () => importStarterWorld((commands) => operations.sendCommands(commands)), log);
    if (stoppedBy !== undefined) throw stoppedBy;
    return {
      operations: { ...operations, close },
      instance,
      unknownTypes: missing,
      metrics: metrics.registry,
      connect(actor) {
        const connection = { domain, lanes: bus, log: store, feed: bus, reader: createLogReader({ store, domain, log }) };
        const shown = readModels === undefined ? {} : { readModels: caughtUpWith(readModels.projections) };
        return opened(createClient({ ...connection, ...shown, ...(actor === undefined ? {} : { actor }) }));
      },
      head: () => store.head(),
      passwordHashOf: passwordHashes({ store, keys, domain, log }),
      readModels,
      async ready() {
        if (closed) throw new ClosedError();
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
