import { pathOf } from "@aethyr/kernel";
import { canonical } from "../encoding.ts";
import type { EventStore } from "../event-store.ts";
import { OtherHistoryError } from "./errors.ts";
import { createLogDigest, type LogDigest } from "./log-digest.ts";
import { readEntries, type LogEntry, type ReadEntries } from "./log-entries.ts";

/** What the target has of the source. */
export type Common = {
  /** The source's position of the last event that both have; 0 for none. */
  readonly position: number;
  /** The source has no more than that. */
  readonly complete: boolean;
  readonly digest: LogDigest;
};

export type CompareOptions = Omit<ReadEntries, "after"> & {
  /** Called now and then with what was found equal so far. */
  readonly onProgress?: (events: number, position: number) => void;
};

/**
 * Reads both logs from the beginning: as long as the target goes on, each of its entries must be the source's. Throws `OtherHistoryError` at
 * the first that is not.
 */
export async function compareLogs(from: EventStore, to: EventStore, { onProgress, ...reading }: CompareOptions): Promise<Common> {
  const digest = createLogDigest();
  const theirs = readEntries(from, reading);
  const targets = readEntries(to, reading);
  let position = 0;
  let events = 0;
  let expected: readonly LogEntry[] = [];
  let at = 0;
  try {
    for await (const page of targets) {
      for (const entry of page) {
        if (at === expected.length) {
          expected = (await theirs.next()).value ?? [];
          at = 0;
        }
        const source = expected[at];
        at += 1;
        check(source, entry);
        digest.add(entry);
        position = source!.event.position;
      }
      events += page.length;
      onProgress?.(events, position);
    }
    const complete = at === expected.length && (await theirs.next()).done === true;
    return { position, complete, digest: digest.read() };
  } finally {
    await theirs.return();
  }
}

function check(source: LogEntry | undefined, target: LogEntry): void {
  const what = difference(source, target);
  if (what === undefined) return;
  const { stream, version, position } = target.event;
  throw new OtherHistoryError(what, {
    sourcePosition: source?.event.position ?? 0,
    targetPosition: position,
    stream: pathOf(stream),
    version,
  });
}

function difference(source: LogEntry | undefined, target: LogEntry): string | undefined {
  if (source === undefined) return "it goes on where the source ends";
  if (Buffer.compare(source.text, target.text) !== 0)
    return `another event than the source's ${source.event.type} of ${pathOf(source.event.stream)}@${source.event.version}`;
  if (recorded(source) !== recorded(target)) return `another outcome of command ${source.event.meta.command}`;
  if (source.ends !== target.ends) return `a stream that ${target.ends ? "ends" : "goes on"}, and does not in the source`;
  return undefined;
}

const recorded = ({ command }: LogEntry): string | undefined => command && canonical(command.outcome);
