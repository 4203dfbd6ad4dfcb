import type { StreamHead } from "../event-store.ts";
import { CorruptStoreError } from "../errors.ts";
import { endKey, eventKey, parseEventKey, streamPrefix, textOf } from "./keys.ts";
import type { Entry } from "./messages.ts";
import type { Session } from "./session.ts";

/** Where streams stand now. A good guess at a version saves a search for it. */
export async function readHeads(
  session: Session,
  paths: readonly string[],
  guesses: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlyMap<string, StreamHead>> {
  const heads = await confirmed(session, guesses);
  const rest = [...new Set(paths)].filter((path) => !heads.has(path));
  const versions = await Promise.all(rest.map((path) => newestVersion(session, path)));
  // After the versions, so that a stream which is found open was so at that version. The end itself tells the version of one that has ended.
  const ends = entryMap(await session.getAll(rest.map(endKey)));
  rest.forEach((path, index) => heads.set(path, headAt(versions[index] ?? 0, ends.get(endKey(path).toString()))));
  return heads;
}

async function confirmed(session: Session, guesses: ReadonlyMap<string, number>): Promise<Map<string, StreamHead>> {
  const heads = new Map<string, StreamHead>();
  if (guesses.size === 0) return heads;
  const keys = [...guesses].flatMap(([path, version]) => [eventKey(path, version), eventKey(path, version + 1), endKey(path)]);
  const found = entryMap(await session.getAll(keys));
  for (const [path, version] of guesses) {
    const holds = (version === 0 || found.has(eventKey(path, version).toString())) && !found.has(eventKey(path, version + 1).toString());
    if (holds) heads.set(path, headAt(version, found.get(endKey(path).toString())));
  }
  return heads;
}

async function newestVersion(session: Session, path: string): Promise<number> {
  const [newest] = await session.scan({ prefix: streamPrefix(path), descending: true, limit: 1 });
  return newest ? (parseEventKey(newest.key)?.version ?? 0) : 0;
}

const entryMap = (entries: readonly Entry[]): ReadonlyMap<string, Entry> => new Map(entries.map((entry) => [textOf(entry.key), entry]));

function headAt(version: number, end: Entry | undefined): StreamHead {
  if (!end) return { version, ended: false };
  const last = Number(textOf(end.value));
  if (!Number.isSafeInteger(last) || last < 1)
    throw new CorruptStoreError(`the record ${textOf(end.key)} does not tell the version of the end`);
  return { version: last, ended: true };
}
