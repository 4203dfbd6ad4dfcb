import { setTimeout as delay } from "node:timers/promises";
import { inTime } from "@aethyr/async";
import { WrongStateError, type Comparison, type CopyStatus } from "@aethyr/projections";
import type { ProjectionRebuildNews } from "./projection-rebuild-news.ts";
import type { ProjectionRebuildOptions, ReadModelsPart } from "./read-model-operations.ts";

const progressMs = 250;
const switchTries = 100;
const againMs = 50;

/** See `ReadModelOperations.rebuild`. Rejects also with the signal's reason. */
export async function* rebuildProjection(
  { projections }: ReadModelsPart,
  projection: string,
  { until, keep = false, signal = new AbortController().signal }: ProjectionRebuildOptions,
): AsyncGenerator<ProjectionRebuildNews, void> {
  const startedMs = performance.now();
  const schema = await projections.rebuild(projection, until === undefined ? {} : { until });
  yield { kind: "made", schema };
  const stop = new AbortController();
  const level = projections.untilLevel(projection, schema, { signal: AbortSignal.any([signal, stop.signal]) }).then(() => "level" as const);
  level.catch(() => undefined);
  try {
    for (;;) {
      if ((await inTime(level, progressMs)) === "level") break;
      signal.throwIfAborted();
      yield progressOf(await copyOf(projections, projection, schema));
    }
  } finally {
    stop.abort();
  }
  yield progressOf(await copyOf(projections, projection, schema));

  let comparison: Comparison | null = null;
  let before: string | null = null;
  if (until === undefined && !keep) {
    const active = await activeCopy(projections, projection);
    // One that is paused stands still, and is compared with nothing that goes on.
    comparison = active.failure === null ? await projections.compare(projection, schema) : null;
    before = active.schema;
    await switchWhenLevel(projections, projection, schema, signal);
  }
  const { position, events } = await copyOf(projections, projection, schema);
  const ms = Math.round(performance.now() - startedMs);
  yield {
    kind: "report",
    report: { projection, schema, position, events, ms, comparison, switched: before !== null, before },
  };
}

type Listing = ReadModelsPart["projections"];

async function copiesOf(projections: Listing, projection: string): Promise<readonly CopyStatus[]> {
  return (await projections.status()).find((each) => each.projection === projection)?.copies ?? [];
}

async function copyOf(projections: Listing, projection: string, schema: string): Promise<CopyStatus> {
  const copy = (await copiesOf(projections, projection)).find((each) => each.schema === schema);
  if (copy === undefined) throw new WrongStateError(`${schema} is gone: somebody has dropped it`, { schema });
  return copy;
}

async function activeCopy(projections: Listing, projection: string): Promise<CopyStatus> {
  const copy = (await copiesOf(projections, projection)).find(({ active }) => active);
  if (copy === undefined) throw new WrongStateError(`${projection} has no active copy any more`, { projection });
  return copy;
}

const progressOf = ({ schema, events, lagEvents, eventsPerSecond, etaSeconds }: CopyStatus): ProjectionRebuildNews => ({
  kind: "progress",
  schema,
  events,
  lagEvents,
  eventsPerSecond: eventsPerSecond ?? null,
  etaSeconds: etaSeconds ?? null,
});

/** In a busy world a copy that is level is a few events behind the active one as often as before it. */
async function switchWhenLevel(
  projections: ReadModelsPart["projections"],
  projection: string,
  schema: string,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await projections.switchTo(projection, schema);
      return;
    } catch (error) {
      if (!(error instanceof WrongStateError) || attempt === switchTries) throw error;
    }
    await delay(againMs, undefined, { signal });
  }
}
