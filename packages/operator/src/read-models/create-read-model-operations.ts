import { setTimeout as delay } from "node:timers/promises";
import { queryReadOnly, SqlRefusedError } from "@aethyr/projections";
import { NoReadModelsError } from "../errors.ts";
import type { ReadModelOperations, ReadModelsPart, RetriedStream, SqlOptions, SqlRows } from "./read-model-operations.ts";
import { rebuildProjection } from "./rebuild-projection.ts";

export type ReadModelOperationsParts = {
  /** Undefined where the world has none. Asked at every call; it may open them at the first one. */
  readonly readModels: () => Promise<ReadModelsPart | undefined>;
  /** Throws once the operations are closed. */
  readonly open: () => void;
  readonly closing: AbortSignal;
};

export function createReadModelOperations({ readModels, open, closing }: ReadModelOperationsParts): ReadModelOperations {
  async function part(): Promise<ReadModelsPart> {
    open();
    const found = await readModels();
    if (found === undefined) throw new NoReadModelsError();
    return found;
  }

  return {
    list: async () => (await part()).projections.status(),
    async *rebuild(projection, options = {}) {
      const signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
      try {
        yield* rebuildProjection(await part(), projection, { ...options, signal });
      } catch (error) {
        open();
        throw error;
      }
    },
    compare: async (projection, schema) => (await part()).projections.compare(projection, schema),
    switchTo: async (projection, schema, options) => (await part()).projections.switchTo(projection, schema, options),
    drop: async (projection, schema) => (await part()).projections.drop(projection, schema),
    parked: async (projection) => (await part()).projections.listParked(projection),
    async retry(projection, options = {}) {
      const retried = await (await part()).projections.retryParked(projection, options);
      return retried.map(({ stream, events, error }): RetriedStream => ({ stream, events, failure: error && failureOf(error) }));
    },
    skip: async (projection, reason, schema) => (await part()).projections.skip(projection, reason, schema),
    resume: async (projection) => (await part()).projections.resume(projection),
    query: async (sql, options = {}) => queryOnceMade(await part(), sql, options),
  };
}

const failureOf = (error: Error): NonNullable<RetriedStream["failure"]> => ({
  code: "code" in error ? String(error.code) : "internal",
  message: error.message,
});

const makingMs = 10_000;
const againMs = 100;
const noSuchTable = "42P01";

/** A world that has just started makes its tables in the first moments: whoever asks for one that is not there yet waits that long. */
async function queryOnceMade({ database, projections }: ReadModelsPart, sql: string, options: SqlOptions): Promise<SqlRows> {
  for (const untilMs = performance.now() + makingMs; ;) {
    try {
      return await queryReadOnly(database, sql, options);
    } catch (error) {
      const isMissing = error instanceof SqlRefusedError && error.details["sqlstate"] === noSuchTable;
      if (!isMissing || performance.now() > untilMs) throw error;
      const isMaking = (await projections.status()).some(({ version, active, problem }) => version !== undefined && !active && !problem);
      if (!isMaking) throw error;
    }
    await delay(againMs);
  }
}
