import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Bus } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";
import type { Domain } from "@aethyr/kernel";
import { layout, type Closers, type Config } from "@aethyr/process";
import { createProjections, DatabaseDamagedError, type Projection, type Projections, type ReadModelDatabase } from "@aethyr/projections";
import { openPglite } from "@aethyr/projections/pglite";
import { openPostgres } from "@aethyr/projections/postgres";
import { readModels } from "@aethyr/read-models";
import type { Log } from "@aethyr/runtime";
import type { Registry } from "prom-client";

export type ReadModelsParts = {
  readonly config: Config;
  readonly store: EventStore;
  readonly bus: Pick<Bus, "follow">;
  readonly domain: Domain;
  readonly log: Log;
  /** Gets the metrics. */
  readonly metrics: Registry;
  /** Names the log; undefined for one that is not kept. */
  readonly logId: string | undefined;
  /** Of the configured modules. */
  readonly more: readonly Projection[];
};

export type OpenReadModels = { readonly projections: Projections; readonly database: ReadModelDatabase };

/**
 * Opens the read models of a world and starts working on them; undefined where it has none. A database that is down is waited for and
 * holds nobody up. One in the data folder that is damaged is set aside under another name, and made anew. Rejects with `database_in_use` or
 * `database_unavailable` where that of the data folder cannot be opened for another reason.
 */
export async function openReadModels(parts: ReadModelsParts, opened: Closers["opened"]): Promise<OpenReadModels | undefined> {
  const { config, store, bus, domain, log, metrics, logId, more } = parts;
  if (config.readModels.store === "none") return undefined;
  const database = opened(await openSound(config, log));
  const projections = opened(
    createProjections({
      database,
      store,
      feed: bus,
      domain,
      projections: [...readModels, ...more],
      // Where each of them is, `aethyr projection list` tells; the log of a world that starts is not for that.
      log: { info() {}, warn: (fields, text) => log.warn(fields, text), error: (fields, text) => log.error(fields, text) },
      metrics,
      ...(logId === undefined ? {} : { logId }),
    }),
  );
  projections.start();
  return { projections, database };
}

/**
 * Opens the read models of a stopped world to look at them: nothing works on them meanwhile. Undefined where it has none, and where none were
 * made yet. Rejects with `database_damaged` besides.
 */
export async function openReadModelsToRead(
  { config, store, bus, domain, log, more }: Omit<ReadModelsParts, "metrics" | "logId">,
  opened: Closers["opened"],
): Promise<OpenReadModels | undefined> {
  const { store: kind } = config.readModels;
  if (kind === "none" || (kind === "pglite" && !existsSync(join(config.data, layout.readModels)))) return undefined;
  const database = opened(await openDatabase(config));
  return {
    database,
    projections: opened(createProjections({ database, store, feed: bus, domain, projections: [...readModels, ...more], log })),
  };
}

/** Everything in it is made from the log: that a folder is damaged is no reason for a world to stay away. */
async function openSound(config: Config, log: Log): Promise<ReadModelDatabase> {
  try {
    return await openDatabase(config);
  } catch (error) {
    if (!(error instanceof DatabaseDamagedError)) throw error;
    const folder = join(config.data, layout.readModels);
    const aside = `${folder}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
    await rename(folder, aside);
    log.error(
      { err: error, folder, aside },
      "the read models are damaged: set aside, and made anew from the log; remove what was set aside",
    );
    return openDatabase(config);
  }
}

async function openDatabase({ readModels: { store, url }, store: kind, data }: Config): Promise<ReadModelDatabase> {
  if (store === "postgres" && url !== undefined) return openPostgres({ url });
  // Of a log that is gone with the process nothing is to be left.
  return openPglite(kind === "memory" ? {} : { directory: join(data, layout.readModels) });
}
