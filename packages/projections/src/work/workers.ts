import { setTimeout as delay } from "node:timers/promises";
import { backOffMs } from "@aethyr/async";
import type { Connection, ReadModelDatabase } from "../database.ts";
import { messageOf, MigrationFailedError, NameTakenError, ProjectionVersionError } from "../errors.ts";
import { faultOf, unavailable } from "../fault.ts";
import { retireCopy, type Copy } from "../registry/copies.ts";
import { copiesToTend, look, type Seen } from "../registry/make-copies.ts";
import type { Bound } from "./commit.ts";
import { tendCopy, type Work, type WorkerParts } from "./worker.ts";

export type WorkersParts = Omit<WorkerParts, "bound" | "onFailure" | "onMoved"> & {
  readonly database: ReadModelDatabase;
  readonly bounds: readonly Bound[];
  readonly onFailureOf: (projection: string) => WorkerParts["onFailure"];
  /** How often it looks whether there is something to do. */
  readonly pollMs: number;
  /** A copy of a new version takes the active one's place by itself when it is level. */
  readonly switches: boolean;
  /** How long a copy that nobody switches to is followed after it was level. */
  readonly besideMs: number;
  /** Makes the registry, where it is not there. */
  readonly ready: () => Promise<void>;
  /** The registry may be gone. */
  readonly unready: () => void;
  /** Told when a copy of a projection has passed so many events more, and is at a position. */
  readonly onApplied: (projection: string, position: number, events: number) => void;
};

/** The workers of a process: one for each copy that nobody else works on. */
export type Workers = {
  /** Begins; `first` is done once, before anything else, as soon as the database can. */
  readonly start: (first: () => Promise<void>) => void;
  /** Something changed in the registry: look now. */
  readonly wake: () => void;
  readonly workOn: (schema: string) => Work | undefined;
  /** Why a projection does not go on, by its name. */
  readonly problemOf: (projection: string) => Error | undefined;
  readonly close: () => Promise<void>;
};

const lastingMs = 60_000;
const isLasting = (error: unknown): boolean =>
  error instanceof MigrationFailedError || error instanceof ProjectionVersionError || error instanceof NameTakenError;

export function createWorkers(parts: WorkersParts): Workers {
  const { bounds, log, onFailureOf } = parts;
  const closing = new AbortController();
  const works = new Map<string, Work>();
  const problems = new Map<string, Error>();
  let loops: readonly Promise<void>[] | undefined;
  let waking = new AbortController();
  let looked: { readonly at: number; readonly seen: Promise<Seen> } | undefined;
  let beginning: Promise<void> | undefined;
  let begun = async (): Promise<void> => undefined;

  /** The registry as it was a moment ago: the loops of all projections ask at about the same time. */
  function lookNow(connection: Connection): Promise<Seen> {
    const now = performance.now();
    if (looked !== undefined && now - looked.at < parts.pollMs / 2) return looked.seen;
    const seen = look(connection);
    looked = { at: now, seen };
    seen.catch(() => (looked = undefined));
    return seen;
  }

  async function rest(ms: number, early: boolean): Promise<void> {
    const signal = early ? AbortSignal.any([closing.signal, waking.signal]) : closing.signal;
    // Its only failure is to be cut short.
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }

  /** What is wrong with the program or the database's contents stays wrong until somebody mends it, which wakes us. */
  const pauseAfter = (error: unknown, failures: number): Promise<void> =>
    isLasting(error) ? rest(lastingMs, true) : rest(backOffMs(failures, Math.random), false);

  /** Tends the copies of one projection, each by a worker of its own; projections and copies do not wait for each other. */
  async function tendProjection(bound: Bound): Promise<void> {
    const { name } = bound.projection;
    const tending = new Map<string, Promise<void>>();
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        await parts.ready();
        await begun();
        const copies = await copiesToTend(bound.database, bound.projection, parts.switches, await lookNow(bound.database.kysely));
        for (const copy of copies) {
          await endBeside(copy);
          if (tending.has(copy.schema) || copy.held || copy.failure !== null) continue;
          tending.set(
            copy.schema,
            tend(bound, copy).finally(() => {
              tending.delete(copy.schema);
              looked = undefined;
            }),
          );
        }
        failures = 0;
        if (tending.size === 0) problems.delete(name);
        await rest(parts.pollMs, true);
      } catch (error) {
        failures += 1;
        troubled(name, error, failures);
        await pauseAfter(error, failures);
      }
    }
    await Promise.all(tending.values());
  }

  /** A copy whose rebuild has died with its process would be followed for ever, at the cost of another active one. */
  async function endBeside({ schema, projection, state, switches, levelAt }: Copy): Promise<void> {
    if (state !== "building" || switches || levelAt === null || Date.now() - Date.parse(levelAt) < parts.besideMs) return;
    const { kysely } = parts.database;
    if (!(await retireCopy(kysely, schema))) return;
    looked = undefined;
    log.warn({ projection, schema }, "nobody has switched to this copy: it is not followed any more, and can be dropped");
  }

  async function tend(bound: Bound, { schema }: Copy): Promise<void> {
    const { name } = bound.projection;
    for (let failures = 1; !closing.signal.aborted; failures += 1) {
      let moved = false;
      try {
        const onMoved = (position: number, events: number): void => {
          moved = true;
          problems.delete(name);
          parts.onApplied(name, position, events);
        };
        await tendCopy({ ...parts, bound, onFailure: onFailureOf(name), onMoved }, schema, closing.signal, (work) =>
          works.set(schema, work),
        );
        return;
      } catch (error) {
        if (moved) failures = 1;
        troubled(name, error, failures);
        await pauseAfter(error, failures);
        if (faultOf(error) === "gone") return;
      } finally {
        works.delete(schema);
      }
    }
  }

  function troubled(name: string, error: unknown, failures: number): void {
    const fault = faultOf(error);
    if (fault !== undefined) parts.unready();
    const before = problems.get(name);
    const problem = fault === "unavailable" ? unavailable(error) : error instanceof Error ? error : new Error(messageOf(error));
    problems.set(name, problem);
    // The same again and again is said once, and then now and then.
    if (before?.message === problem.message && failures % 60 !== 0) return;
    log.warn({ err: error, projection: name, failures }, "the projection cannot go on: trying again");
  }

  return {
    start(first) {
      if (loops !== undefined) return;
      begun = () =>
        (beginning ??= first().catch((error: unknown) => {
          beginning = undefined;
          throw error;
        }));
      loops = bounds.map(tendProjection);
    },
    wake() {
      looked = undefined;
      waking.abort();
      waking = new AbortController();
    },
    workOn: (schema) => works.get(schema),
    problemOf: (projection) => problems.get(projection),
    async close() {
      closing.abort();
      await Promise.all(loops ?? []);
    },
  };
}
