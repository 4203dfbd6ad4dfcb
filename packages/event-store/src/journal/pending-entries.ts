import type { Json } from "@aethyr/kernel";
import type { KnownHead } from "../evaluate.ts";
import { eventsOf, type Entry, type JournalWrite } from "./entry.ts";

/** What the journal holds of one stream: the events after version `base`, in order. */
export type Tail = { readonly base: number; readonly writes: readonly JournalWrite[] };

type Written = { readonly seq: number; readonly write: JournalWrite; readonly by: string | undefined };

/** The entries that wait for the log, in memory as they are on the disk. */
export type PendingEntries = {
  size(): number;
  events(): number;
  /** Bytes of the texts of all of them. */
  bytes(): number;
  /** In the order of the journal. */
  all(): IterableIterator<Entry>;
  add(entry: Entry): void;
  remove(seq: number): void;
  tail(path: string): Tail | undefined;
  /** Where a stream stands with what the journal holds of it; undefined where that is nothing. */
  head(path: string): KnownHead | undefined;
  /** Streams that begin in the journal. */
  begun(): readonly string[];
  /** The outcome of a command that is in the journal. */
  outcome(commandId: string): { readonly outcome: Json } | undefined;
  /**
   * A refused entry, and all that builds on it: whatever came later to a stream that it wrote, or read what it wrote there. That an aggregate
   * is alive builds only on its having begun.
   */
  withDependents(refused: Entry): readonly Entry[];
};

export function createPendingEntries(): PendingEntries {
  const entries = new Map<number, Entry>();
  const streams = new Map<string, Written[]>();
  const commands = new Map<string, { readonly outcome: Json }>();
  let events = 0;
  let bytes = 0;

  return {
    size: () => entries.size,
    events: () => events,
    bytes: () => bytes,
    all: () => entries.values(),
    add(entry) {
      const { seq, writes, command, size } = entry;
      entries.set(seq, entry);
      events += eventsOf(entry);
      bytes += size;
      for (const write of writes) {
        const known = streams.get(write.path);
        const written = { seq, write, by: command?.id };
        if (known) known.push(written);
        else streams.set(write.path, [written]);
      }
      if (command) commands.set(command.id, { outcome: command.outcome });
    },
    remove(seq) {
      const entry = entries.get(seq);
      if (entry === undefined) return;
      entries.delete(seq);
      events -= eventsOf(entry);
      bytes -= entry.size;
      for (const { path } of entry.writes) {
        const left = streams.get(path)!.filter((written) => written.seq !== seq);
        if (left.length > 0) streams.set(path, left);
        else streams.delete(path);
      }
      if (entry.command) commands.delete(entry.command.id);
    },
    tail(path) {
      const written = streams.get(path);
      return written && { base: written[0]!.write.expected, writes: written.map(({ write }) => write) };
    },
    head(path) {
      const last = streams.get(path)?.at(-1);
      return last && { version: last.write.expected + last.write.events.length, ended: last.write.ends, by: last.by };
    },
    begun: () => [...streams].flatMap(([path, [first]]) => (first!.write.expected === 0 ? [path] : [])),
    outcome: (commandId) => commands.get(commandId),
    withDependents(refused) {
      const dependents: Entry[] = [];
      /** Streams, with whether they begin in what is refused. */
      const spoilt = new Map<string, boolean>();
      for (const entry of entries.values()) {
        if (entry.seq < refused.seq) continue;
        const builds =
          entry.seq === refused.seq ||
          entry.writes.some(({ path }) => spoilt.has(path)) ||
          entry.asserts.some(({ path, expect }) => (expect === "alive" ? spoilt.get(path) === true : spoilt.has(path)));
        if (!builds) continue;
        dependents.push(entry);
        for (const { path, expected } of entry.writes) spoilt.set(path, spoilt.get(path) === true || expected === 0);
      }
      return dependents;
    },
  };
}
