import { OutcomeUnknownError, UnavailableError, type StoreError } from "../errors.ts";
import type { CommitResult } from "../event-store.ts";
import type { PreparedCommit } from "../prepare.ts";
import { failureOf, unavailable } from "./error-map.ts";
import { attemptBarFor, type AttemptBar } from "./attempt-bar.ts";
import { readFences } from "./fences.ts";
import { readHeads } from "./heads.ts";
import { textOf } from "./keys.ts";
import { bytesOf, encodeSet } from "./messages.ts";
import { readOutcomes } from "./outcomes.ts";
import { nothingRead, planBatch, type Known, type Plan } from "./plan.ts";
import { pauseAfter, realSurroundings, type Surroundings } from "./retry.ts";
import type { Session } from "./session.ts";

/** Each lost round refuses somebody, unless other processes write the same streams faster than we read them. */
const maxRounds = 16;
/** How long a batch may take before its first answer is lost. */
const appendWithinMs = 10_000;

export type CommitBatchOptions = {
  /** How long an append without an answer is looked after; default 20,000. */
  readonly resolveWithinMs?: number | undefined;
  /** Why preconditions cannot be relied on now; undefined while they can. */
  readonly suspicion?: () => StoreError | undefined;
  readonly surroundings?: Surroundings;
};

/** One batch on its way: how long it may still take. */
type Way = {
  readonly surroundings: Surroundings;
  readonly until: number;
  readonly resolveWithinMs: number;
  readonly suspicion: () => StoreError | undefined;
  /** When the first answer was lost. From then on the time is that of `resolveWithinMs`, in all rounds together. */
  lostAt: number | undefined;
};

/**
 * Makes the commits of a batch durable in one transaction, without those that are refused. Throws `UnavailableError` when nothing was
 * appended, `OutcomeUnknownError` when it cannot be found out in time.
 */
export async function commitBatch(
  session: Session,
  commits: readonly PreparedCommit[],
  { resolveWithinMs = 20_000, suspicion = () => undefined, surroundings = realSurroundings }: CommitBatchOptions = {},
): Promise<readonly CommitResult[]> {
  const way: Way = { surroundings, until: surroundings.now() + appendWithinMs, resolveWithinMs, suspicion, lostAt: undefined };
  let known = nothingRead;
  for (let round = 0; round < maxRounds && leftMs(way) > 0; round += 1) {
    let plan = planBatch(commits, known);
    // What an earlier commit of the batch would have told may be open again once that one is refused.
    while (plan.unread.length > 0) {
      const heads = await reading(() => readHeads(session, plan.unread));
      known = withHeads(known, heads);
      plan = planBatch(commits, known);
    }
    if (plan.entries.length === 0) return plan.resultsOf(0);
    const tx = await makeDurable(session, plan, way);
    if (tx !== undefined) return plan.resultsOf(tx);
    known = await reading(() => readKnown(session, commits, plan));
  }
  throw new UnavailableError("the streams of the append are written by others all the time: nothing was appended, try again");
}

const leftMs = ({ surroundings, until, resolveWithinMs, lostAt }: Way): number =>
  (lostAt === undefined ? until : lostAt + resolveWithinMs) - surroundings.now();

const withHeads = (known: Known, more: Known["heads"]): Known => ({ ...known, heads: new Map([...known.heads, ...more]) });

/** The transaction of a plan; undefined if its preconditions do not hold, and no attempt at it was or will be made. */
async function makeDurable(session: Session, plan: Plan, way: Way): Promise<number | undefined> {
  const { pause, random, now } = way.surroundings;
  const bar = attemptBarFor(plan.preconditions);
  const request = encodeSet(plan.entries, bar ? [...plan.preconditions, bar.precondition] : plan.preconditions);
  let open: unknown;
  for (let failures = 1; ; failures += 1) {
    const suspect = way.suspicion();
    if (suspect) throw open === undefined ? suspect : unknownOutcome(open);
    try {
      return await session.set(request, Math.max(leftMs(way), 1));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === "precondition" && open === undefined) return undefined;
      if (failure === "precondition") {
        const own = await settled(session, plan, bar, way);
        if (own !== "unknown") return own;
      } else if (failure === "ambiguous") {
        open = error;
        way.lostAt ??= now();
      } else if (open === undefined) throw unavailable(error, "append");
    }
    // An attempt may have been made, or may still be: only the same request under the same preconditions can tell. That the server is away
    // is no answer either.
    if (session.away()) await session.reachable(leftMs(way));
    const pauseMs = Math.min(pauseAfter(failures, random), leftMs(way));
    if (pauseMs <= 0) throw unknownOutcome(open);
    await pause(pauseMs);
  }
}

const unknownOutcome = (cause: unknown): OutcomeUnknownError =>
  new OutcomeUnknownError("immudb did not say whether the append was made: ask again under the same command id", { cause });

/** What became of a plan whose repeat is refused: see `ownTx`. */
async function settled(session: Session, plan: Plan, bar: AttemptBar | undefined, way: Way): Promise<number | undefined | "unknown"> {
  try {
    let own = await ownTx(session, plan);
    if (own === undefined && bar !== undefined) {
      await session.set(bar.request(), Math.max(leftMs(way), 1));
      own = await ownTx(session, plan);
    }
    // That nothing is there is as good as the index that says so.
    return own === undefined && way.suspicion() ? "unknown" : own;
  } catch {
    // The caller goes on asking until its time is up.
    return "unknown";
  }
}

/** The transaction that an earlier attempt at a plan has made; undefined if none has, and what is there is somebody else's. */
async function ownTx(session: Session, { entries }: Plan): Promise<number | undefined> {
  const found = new Map((await session.getAll(entries.map(({ key }) => bytesOf(key)))).map((entry) => [textOf(entry.key), entry]));
  const [tx, ...others] = new Set(
    entries.map(({ key, value }) => {
      const entry = found.get(textOf(bytesOf(key)));
      return entry && Buffer.compare(entry.value, bytesOf(value)) === 0 ? entry.tx : undefined;
    }),
  );
  // All of them: another host that was given one of the commands as well has written the same bytes for it, and nothing for the others.
  return others.length === 0 ? tx : undefined;
}

async function readKnown(session: Session, commits: readonly PreparedCommit[], { relied }: Plan): Promise<Known> {
  const paths = commits.flatMap(({ writes, asserts }) => [...writes, ...asserts].map(({ path }) => path));
  const guesses = new Map([...relied].flatMap(([path, { version }]) => (version === undefined ? [] : [[path, version] as const])));
  const ids = commits.flatMap(({ command }) => (command ? [command.id] : []));
  const partitions = new Set(commits.flatMap(({ fence }) => (fence ? [fence.partition] : [])));
  const [heads, recorded, fences] = await Promise.all([
    readHeads(session, paths, guesses),
    readOutcomes(session, ids),
    readFences(session, [...partitions]),
  ]);
  return { heads, recorded, fences };
}

async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error, "append: it was not able to tell where the streams stand");
  }
}
