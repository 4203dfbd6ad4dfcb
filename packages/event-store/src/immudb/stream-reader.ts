import { decodeEvent } from "../encoding.ts";
import { CorruptStoreError } from "../errors.ts";
import type { StoredEvent } from "../event-store.ts";
import { positionOf } from "../position.ts";
import { checkPage, type Page } from "../read-options.ts";
import { eventKey, parseEventKey, streamPrefix, textOf } from "./keys.ts";
import type { Entry } from "./messages.ts";
import { splitIndex } from "../place-in-tx.ts";
import type { Session } from "./session.ts";

/** Versions that are asked for first; most reads are of short tails. A version that is missing costs the server 3 µs. */
const firstWindow = 64;
/** Versions that are asked for one by one beyond what the server's last view of its index shows. */
const freshWindow = 4;

/** Reads one page of a stream. Rejects with `corrupt_store` where an event is missing, was written over, or was deleted. */
export async function readPage(session: Session, page: Page): Promise<readonly StoredEvent[]> {
  if (page.low > page.high) return [];
  const entries = page.backward ? await backward(session, page) : await forward(session, page);
  return checkPage(page, entries.map(eventOf));
}

/**
 * Versions have no gaps, so their keys are known, and reading keys is several times faster than a scan (measured: 1,000 events in 8 ms, by
 * scan 45 to 70). For a view of its index as of now the server writes the index out, which takes 10 to 20 ms while others write. So the bulk is
 * read from the last view that somebody needed, and only what has come since from the index itself, unless that is much.
 */
async function forward(session: Session, { path, low, high, limit }: Page): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const wanted = Math.min(limit, high - low + 1);
  let anyView = true;
  for (let window = firstWindow; entries.length < wanted; window = limit) {
    const from = low + entries.length;
    const count = Math.min(window, wanted - entries.length);
    const found = prefixOf(await session.readRange(path, from, count, anyView), from);
    entries.push(...found);
    if (found.length === count) continue;
    // The end, or the end of the view.
    const rest = Math.min(freshWindow, wanted - entries.length);
    const fresh = await freshTail(session, path, low + entries.length, rest);
    entries.push(...fresh);
    if (fresh.length < rest) break;
    anyView = false;
  }
  return entries;
}

/** The first so many events from a version on, as of now. */
async function freshTail(session: Session, path: string, from: number, count: number): Promise<readonly Entry[]> {
  const first = await newestRevision(session, path, from);
  if (!first) return [];
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, index) => session.get(eventKey(path, from + 1 + index))));
  const missing = others.indexOf(undefined);
  const found = [first, ...others.slice(0, missing < 0 ? others.length : missing)].filter((entry) => entry !== undefined);
  if (missing >= 0 && (await newestRevision(session, path, from + found.length))) return freshTail(session, path, from, count);
  return found;
}

/** Unlike a read of the key this also finds an event that was deleted, which is damage and not the end of the stream. */
async function newestRevision(session: Session, path: string, version: number): Promise<Entry | undefined> {
  const entry = await session.newestRevision(eventKey(path, version));
  if (entry) eventPlace(entry);
  return entry;
}

/** Entries up to the first gap. */
function prefixOf(entries: readonly Entry[], from: number): readonly Entry[] {
  const gap = entries.findIndex(({ key }, index) => parseEventKey(key)?.version !== from + index);
  return gap < 0 ? entries : entries.slice(0, gap);
}

// A page that ends early is the last one: nothing but a deletion, which is damage, could make the server skip an entry.
const backward = (session: Session, { path, low, high, limit }: Page): Promise<readonly Entry[]> =>
  session.scan({
    prefix: streamPrefix(path),
    seek: eventKey(path, high),
    inclusiveSeek: true,
    end: eventKey(path, low),
    descending: true,
    limit,
  });

function eventOf(entry: Entry): StoredEvent {
  return decodeEvent(entry.value, positionOf(entry.tx, splitIndex(entry.value).index), eventPlace(entry));
}

function eventPlace({ key, revision }: Entry): { readonly stream: string; readonly version: number } {
  const place = parseEventKey(key);
  if (!place) throw new CorruptStoreError(`the key ${textOf(key)} is none of an event`);
  if (revision !== 1) throw new CorruptStoreError(`${place.stream}@${place.version} was written ${revision} times`, place);
  return place;
}
