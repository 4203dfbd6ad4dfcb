import { createHash } from "node:crypto";
import { pathOf } from "@aethyr/kernel";
import { canonical } from "../encoding.ts";
import type { EventStore } from "../event-store.ts";
import { readEntries, type LogEntry, type ReadEntries } from "./log-entries.ts";

/** What a log holds, in numbers, and a hash that two logs share only if they hold the same. */
export type LogDigest = {
  readonly events: number;
  /** Recorded commands, as far as the last event of their commit names them; every command of an actor host does. */
  readonly commands: number;
  readonly endedStreams: number;
  /** SHA-256, hex, of lines that end in a line feed: see `createLogDigest`. */
  readonly sha256: string;
};

/**
 * Digests the entries of a log in order. For every event there is a line, its canonical text; if a command is recorded with it, a line
 * `{"command":id,"outcome":…}` follows; if its stream ends with it, a line `{"ended":"type/id"}`. Positions are not in it: they differ from
 * engine to engine.
 */
export function createLogDigest() {
  const hash = createHash("sha256");
  let [events, commands, endedStreams] = [0, 0, 0];
  return {
    add: ({ event, text, command, ends }: LogEntry): void => {
      events += 1;
      hash.update(text).update("\n");
      if (command) {
        commands += 1;
        hash.update(`${canonical({ command: command.id, outcome: command.outcome })}\n`);
      }
      if (ends) {
        endedStreams += 1;
        hash.update(`${canonical({ ended: pathOf(event.stream) })}\n`);
      }
    },
    /** Of all that was added so far. */
    read: (): LogDigest => ({ events, commands, endedStreams, sha256: hash.copy().digest("hex") }),
  };
}

/** Reads a whole log once, in bounded memory. */
export async function digestOfLog(store: EventStore, options: Omit<ReadEntries, "after"> = {}): Promise<LogDigest> {
  const digest = createLogDigest();
  for await (const page of readEntries(store, options)) for (const entry of page) digest.add(entry);
  return digest.read();
}
