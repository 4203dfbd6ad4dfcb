import {
  ClosedError,
  encodeEvent,
  limits,
  WrongExpectedVersionError,
  type Assert,
  type Commit,
  type CommitResult,
  type EventStore,
  type ExpectedVersion,
  type Fence,
  type FencedEventStore,
  type StoredEvent,
  type Write,
} from "@aethyr/event-store";
import { pathOf, ref, refOf, type Ref } from "@aethyr/kernel";

/**
 * Stores that know nothing of each other, on one store of a real engine: to open that is dear, and hundreds of tests want an empty one. A scope
 * is before every id and every command that goes to the engine, and taken away again from what comes back; everything else is the engine's,
 * positions too. Errors name commands with the scope, and fences with the scope's map epoch.
 */
export function createScopedStores(engine: EventStore | FencedEventStore): () => EventStore | FencedEventStore {
  let scopes = 0;
  return () => {
    scopes += 1;
    const mapEpochs = scopes * 1_000;
    const scope = `t${scopes}.`;
    const store = createScoped(engine, scope, mapEpochs);
    if (!("fences" in engine)) return store;
    return { ...store, fences: scopedFences(engine, mapEpochs), answers: scopedAnswers(engine, scope, mapEpochs) };
  };
}

const fenceInto = (fence: Fence, mapEpochs: number): Fence => {
  const [mapEpoch, number] = fence.partition.split("/");
  return { ...fence, partition: `${mapEpochs + Number(mapEpoch)}/${number}` };
};

function scopedFences({ fences }: FencedEventStore, mapEpochs: number): FencedEventStore["fences"] {
  return {
    read: async (partition) => ({ ...(await fences.read(fenceInto({ partition, epoch: 0, token: 0 }, mapEpochs).partition)), partition }),
    raise: async (seen) => ({ ...(await fences.raise(fenceInto(seen, mapEpochs))), partition: seen.partition }),
    retire: async (partition) => ({
      ...(await fences.retire(fenceInto({ partition, epoch: 0, token: 0 }, mapEpochs).partition)),
      partition,
    }),
  };
}

const scopedAnswers = ({ answers }: FencedEventStore, scope: string, mapEpochs: number): FencedEventStore["answers"] => ({
  record: async (these) => answers.record(these.map((answer) => ownedInto(answer, scope, mapEpochs))),
});

/** A commit or an answer, by its command and its fence. */
const ownedInto = <T extends Pick<Commit, "command" | "fence">>(the: T, scope: string, mapEpochs: number): T => ({
  ...the,
  ...(the.command ? { command: { ...the.command, id: scope + the.command.id } } : undefined),
  ...(the.fence ? { fence: fenceInto(the.fence, mapEpochs) } : undefined),
});

function createScoped(engine: EventStore, scope: string, mapEpochs: number): EventStore {
  let closed = false;
  /** The log is known up to `seen`, and the newest event of this scope in it is at `newest`. */
  let [seen, newest] = [0, 0];

  const inner = (): EventStore => {
    if (closed) throw new ClosedError();
    return engine;
  };
  const into = ({ type, id }: Ref): Ref => ref(type, scope + id);
  const outOf = ({ type, id }: Ref): Ref => ref(type, id.slice(scope.length));
  const isOurs = ({ id }: Ref): boolean => id.startsWith(scope);

  const inward = <T extends { readonly stream: Ref; readonly after?: string }>(the: T): T => ({
    ...the,
    stream: into(the.stream),
    ...(the.after === undefined ? undefined : { after: scope + the.after }),
  });
  const commitInto = ({ writes, asserts, ...owned }: Commit): Commit => ({
    ...ownedInto(owned, scope, mapEpochs),
    writes: writes.map((write): Write => inward(write)),
    ...(asserts ? { asserts: asserts.map((assert): Assert => inward(assert)) } : undefined),
  });
  const resultOutOf = (result: CommitResult): CommitResult => {
    if (result.ok || !(result.error instanceof WrongExpectedVersionError)) return result;
    const { stream, actual, details } = result.error;
    return { ok: false, error: new WrongExpectedVersionError(outOf(stream), details["expected"] as ExpectedVersion, actual) };
  };
  const eventOutOf = (event: StoredEvent): StoredEvent => {
    const stream = outOf(event.stream);
    return { ...event, stream, bytes: Buffer.from(encodeEvent(stream, event.version, event)) };
  };

  async function readAll(after: number, limit: number = limits.page): Promise<readonly StoredEvent[]> {
    const store = inner();
    const found: StoredEvent[] = [];
    for (let position = after; found.length < limit;) {
      const page = await store.readAll(position);
      found.push(...page.filter(({ stream }) => isOurs(stream)).map(eventOutOf));
      const last = page.at(-1);
      if (last === undefined || page.length < limits.page) break;
      position = last.position;
    }
    return found.slice(0, limit);
  }

  async function listStreams({ type, after = "", limit = limits.page }: Parameters<EventStore["listStreams"]>[0] = {}) {
    const store = inner();
    const found: Ref[] = [];
    for (let from = after === "" ? "" : pathOf(into(refOf(after))); found.length < limit;) {
      const page = await store.listStreams({ ...(type === undefined ? undefined : { type }), after: from });
      found.push(...page.filter(isOurs).map(outOf));
      const last = page.at(-1);
      if (last === undefined || page.length < limits.page) break;
      from = pathOf(last);
    }
    return found.slice(0, limit);
  }

  return {
    append: async (commits) => (await inner().append(commits.map(commitInto))).map(resultOutOf),
    readStream: async (stream, options) => (await inner().readStream(into(stream), options)).map(eventOutOf),
    readAll,
    head: async () => {
      for (;;) {
        const page = await inner().readAll(seen);
        for (const { stream, position } of page) {
          if (isOurs(stream)) newest = Math.max(newest, position);
          seen = Math.max(seen, position);
        }
        if (page.length < limits.page) return newest;
      }
    },
    heads: async (streams) => inner().heads(streams.map(into)),
    listStreams,
    outcomes: async (ids) => inner().outcomes(ids.map((id) => scope + id)),
    loadSnapshot: async (stream, atOrBefore) => {
      const snapshot = await inner().loadSnapshot(into(stream), atOrBefore);
      return snapshot && { ...snapshot, stream };
    },
    saveSnapshot: async (snapshot) => inner().saveSnapshot({ ...snapshot, stream: into(snapshot.stream) }),
    statistics: async () => inner().statistics(),
    close: async () => {
      closed = true;
    },
  };
}
