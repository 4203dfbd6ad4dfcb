import { randomUUID } from "node:crypto";
import { compareCopies } from "./administration/compare.ts";
import { skipFailed } from "./administration/failed-events.ts";
import { retryParked } from "./administration/retry-parked.ts";
import { bind } from "./binding.ts";
import { checkTogether } from "./check-together.ts";
import { run } from "./database.ts";
import { foreignLog, UnknownProjectionError, WrongStateError } from "./errors.ts";
import { faultOf, unavailable } from "./fault.ts";
import { silentLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import type { Projections, ProjectionsOptions, Until } from "./projections-port.ts";
import { readActive, readCopies, type Copy } from "./registry/copies.ts";
import { makeCopy } from "./registry/make-copies.ts";
import { listPutAside, type PutAside } from "./registry/put-aside.ts";
import { migrateRegistry, schemaLock } from "./registry/registry-schema.ts";
import { dropCopy, switchTo, unknownCopy } from "./registry/switch-copies.ts";
import { copyStatus, type ProjectionStatus } from "./status.ts";
import type { Bound } from "./work/commit.ts";
import { shareLog } from "./work/shared-log.ts";
import { createTogether } from "./work/together.ts";
import { createWaiters } from "./work/waiters.ts";
import { createWorkers } from "./work/workers.ts";

/**
 * The read models over a log. Throws `DefinitionError` for projections that cannot be together, or not over this domain. Nothing is asked of the
 * database before `start` or the first call; a database that is down is waited for by the workers, and rejects the calls.
 */
export function createProjections(options: ProjectionsOptions): Projections {
  const { database, store, feed, domain, projections, log = silentLog, onFailure = "pause", pollMs = 200 } = options;
  const { logId, batchEvents = 500, leaseMs = 10_000, switchWhenLevel = true, besideMs = 3_600_000, owner = randomUUID() } = options;
  const { kysely } = database;
  checkTogether(projections);
  const bounds = projections.map((projection): Bound => ({ database, projection, binding: bind(projection, domain) }));
  const closing = new AbortController();
  let made: Promise<void> | undefined;
  const waiters = createWaiters();

  const ready = (): Promise<void> => {
    made ??= migrateRegistry(database).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };

  const sharedLog = shareLog({ store, feed }, batchEvents);
  const workers = createWorkers({
    database,
    bounds,
    events: sharedLog,
    together: createTogether(database, leaseMs),
    owner,
    logId,
    leaseMs,
    pollMs,
    log,
    switches: switchWhenLevel,
    besideMs,
    onFailureOf: (name) => (typeof onFailure === "string" ? onFailure : (onFailure[name] ?? "pause")),
    ready,
    unready: () => (made = undefined),
    onApplied(name, position, events) {
      waiters.passed(name, position);
      metrics?.applied(name, events);
    },
  });
  const metrics = options.metrics && createMetrics(options.metrics, () => asked(readStatus));

  function boundOf(name: string): Bound {
    const bound = bounds.find(({ projection }) => projection.name === name);
    if (bound === undefined)
      throw new UnknownProjectionError(
        `there is no projection ${name}: this program has ${projections.map((each) => each.name).join(", ")}`,
        { projection: name },
      );
    return bound;
  }

  /** Asks the database; where its registry is gone, a new one is asked. */
  async function asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      await ready();
      return await work();
    } catch (error) {
      const fault = faultOf(error);
      if (fault === "unavailable") throw unavailable(error);
      if (fault !== "gone") throw error;
      made = undefined;
      await ready();
      return work();
    }
  }

  async function copyOf(projection: string, schema: string | undefined): Promise<Copy> {
    const wanted = schema ?? (await readActive(kysely)).get(projection);
    const copy = (await readCopies(kysely)).find((each) => each.projection === projection && each.schema === wanted);
    if (copy !== undefined) return copy;
    if (schema !== undefined) throw unknownCopy(projection, schema);
    boundOf(projection);
    throw new UnknownProjectionError(`${projection} has not been made yet: start a worker`, { projection });
  }

  async function readStatus(): Promise<readonly ProjectionStatus[]> {
    const [copies, active, { event_count: events }] = await Promise.all([readCopies(kysely), readActive(kysely), store.statistics()]);
    const names = new Set([...projections.map(({ name }) => name), ...copies.map(({ projection }) => projection)]);
    return [...names].sort().map((name) => {
      const problem = workers.problemOf(name);
      return {
        projection: name,
        version: projections.find((each) => each.name === name)?.version,
        active: active.get(name),
        problem: problem && { code: "code" in problem ? String(problem.code) : "internal", message: problem.message },
        copies: copies
          .filter(({ projection }) => projection === name)
          .map((copy) =>
            copyStatus(copy, active.get(name) === copy.schema, {
              events,
              nowMs: Date.now(),
              perSecond: workers.workOn(copy.schema)?.rate.perSecond(),
            }),
          ),
      };
    });
  }

  /** Asks again when a copy has passed the position here, and now and then: it may pass it elsewhere. */
  async function until(
    projection: string,
    position: number,
    holds: () => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    for (;;) {
      ended.throwIfAborted();
      const waiter = waiters.waitFor(projection, position, pollMs, ended);
      try {
        if (await holds()) return;
        await waiter.over;
      } finally {
        waiter.end();
      }
    }
  }

  const port: Projections = {
    start() {
      if (closing.signal.aborted) return;
      workers.start(async () => {
        await ready();
        const names = JSON.stringify(projections.map(({ name }) => name));
        await run(
          kysely,
          // That a log is another one is not mended by a restart: somebody has to say what is to become of the tables.
          `update aethyr.copies set failure = null where failure->>'code' <> '${foreignLog}' and projection in (select json_array_elements_text($1))`,
          [names],
        );
        await warnOfSuperuser(database, log);
      });
    },
    status: () => asked(readStatus),
    async reached(projection, position, { signal } = {}) {
      boundOf(projection);
      await until(
        projection,
        position,
        () =>
          asked(async () => {
            const shown = (await readActive(kysely)).get(projection);
            return (await readCopies(kysely)).some((copy) => copy.schema === shown && copy.position >= position);
          }),
        signal,
      );
    },
    async rebuild(projection, { until } = {}) {
      const bound = boundOf(projection);
      if (until !== undefined) checkUntil(until);
      const schema = await asked(() =>
        kysely.transaction().execute(async (transaction) => {
          await run(transaction, schemaLock);
          if (!(await readActive(transaction)).has(projection) && until === undefined)
            throw new WrongStateError(`${projection} has not been made yet: start a worker, which makes it`, { projection });
          const wanted =
            until === undefined ? { state: "building" as const, switches: false } : { state: "apart" as const, switches: false, until };
          return makeCopy(transaction, bound.projection, await readCopies(transaction), wanted);
        }),
      );
      workers.wake();
      return schema;
    },
    async untilLevel(projection, schema, { signal } = {}) {
      const isLevel = async (): Promise<boolean> => {
        const { level, failure, state } = await asked(() => copyOf(projection, schema));
        if (failure !== null) throw new WrongStateError(`${schema} is paused: ${failure.message}`, { schema, failure: failure.code });
        return state === "done" || (level && state !== "apart");
      };
      await until(projection, await store.head(), isLevel, signal);
    },
    async compare(projection, schema, { with: other, timeoutMs = 10_000 } = {}) {
      const left = await asked(() => copyOf(projection, other));
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal]);
      return asked(() => compareCopies(database, projection, left.schema, schema, { pollMs: Math.min(pollMs, 50), signal }));
    },
    async switchTo(projection, schema, { evenIfBehind = false } = {}) {
      await asked(() => switchTo(database, projection, schema, { evenIfBehind }));
      workers.wake();
    },
    async drop(projection, schema) {
      await asked(() => dropCopy(database, projection, schema));
      workers.wake();
    },
    async resume(projection) {
      boundOf(projection);
      await asked(() => run(kysely, "update aethyr.copies set failure = null where projection = $1", [projection]));
      workers.wake();
    },
    async skip(projection, reason, schema) {
      const skipped = await asked(async () => skipFailed(database, store, (await copyOf(projection, schema)).schema, reason));
      workers.wake();
      return skipped;
    },
    listParked: (projection) =>
      asked(async () => {
        const copies = (await readCopies(kysely)).filter((copy) => projection === undefined || copy.projection === projection);
        if (copies.length === 0 && projection !== undefined) boundOf(projection);
        const schemas = new Set(copies.filter(({ state }) => state !== "retired").map(({ schema }) => schema));
        return (await listPutAside(kysely, undefined)).filter(({ schema }) => schemas.has(schema));
      }),
    async retryParked(projection, { stream, schema } = {}) {
      boundOf(projection);
      const { schema: active } = await asked(() => copyOf(projection, undefined));
      if (schema !== undefined && (await asked(() => copyOf(projection, schema))).schema !== active)
        throw new WrongStateError(`${schema} is not the active copy of ${projection}: make another one instead`, { schema, active });
      const isParked = ({ kind }: PutAside): boolean => kind === "parked";
      const parts = {
        projection,
        parked: (copy: string) => asked(async () => (await listPutAside(kysely, copy)).filter(isParked)),
        make: () => port.rebuild(projection),
        untilLevel: (copy: string) => port.untilLevel(projection, copy),
        switchTo: (copy: string) => port.switchTo(projection, copy),
        drop: (copy: string) => port.drop(projection, copy),
      };
      return retryParked(parts, active, stream);
    },
    async close() {
      closing.abort(new WrongStateError("the projections are closed", {}));
      await workers.close();
      await sharedLog.close();
    },
  };
  return port;
}

/** Who may do everything to a server may do it by a question too: a role that was put on can be taken off again. */
async function warnOfSuperuser({ kysely, place, isServer }: ProjectionsOptions["database"], log: Log): Promise<void> {
  if (!isServer) return;
  const [role] = await run<{ rolsuper: boolean }>(kysely, "select rolsuper from pg_roles where rolname = session_user");
  if (role?.rolsuper !== true) return;
  const advice = "give them a role of their own, see docs/operations/read-models.md";
  log.warn({ place }, `the read models are opened as a superuser: whoever may ask them in SQL can read files of the server; ${advice}`);
}

function checkUntil(until: Until): void {
  const fits = "position" in until ? Number.isSafeInteger(until.position) && until.position >= 0 : !Number.isNaN(Date.parse(until.time));
  if (!fits) throw new WrongStateError("until is a position from 0, or a time in ISO 8601", { until });
}
