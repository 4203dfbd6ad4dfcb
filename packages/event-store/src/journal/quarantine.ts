import type { Json } from "@aethyr/kernel";
import { z } from "zod";
import type { StoreError } from "../errors.ts";
import { readEntry, type Entry, type JournalWrite } from "./entry.ts";
import type { QuarantineRow } from "./journal-file.ts";

const Reason = z.strictObject({
  /** The log's code for what it refused; `depends_on` for what was built on that. */
  code: z.string(),
  message: z.string(),
  /** Number of the entry that the log refused. */
  refused: z.int(),
});

/** Why an entry was put aside. */
export type QuarantineReason = z.infer<typeof Reason>;

/** A commit that was answered provisionally, and that the log refused when it was back: kept for ever, never tried again by itself. */
export type Quarantined = {
  /** Its place in the journal. */
  readonly seq: number;
  /** Which outage, counted from 1. */
  readonly epoch: number;
  /** Who sent the command; null where nobody is named. */
  readonly actor: string | null;
  /** Undefined for a commit without a command. */
  readonly command: { readonly id: string; readonly outcome: Json } | undefined;
  /** When it was journaled, and when it was put aside: ISO 8601, UTC. */
  readonly journaled: string;
  readonly quarantined: string;
  /** What it would have written: the events that were to follow version `expected` of each stream. */
  readonly writes: readonly JournalWrite[];
  readonly reason: QuarantineReason;
};

/** Reasons for an entry that was refused and those that depend on it, the refused one first. */
export function reasonsFor(
  entries: readonly Entry[],
  error: StoreError,
): readonly { readonly seq: number; readonly reason: QuarantineReason }[] {
  const refused = entries[0]?.seq ?? 0;
  return entries.map(({ seq }) => ({
    seq,
    reason:
      seq === refused
        ? { code: error.code, message: error.message, refused }
        : { code: "depends_on", message: `it was decided on what entry ${refused} would have done`, refused },
  }));
}

export const quarantinedOf = (
  { seq, epoch, time, command, writes }: Entry,
  quarantined: string,
  reason: QuarantineReason,
): Quarantined => ({
  seq,
  epoch,
  actor: writes[0]?.events[0]?.meta.actor ?? null,
  command,
  journaled: time,
  quarantined,
  writes,
  reason,
});

/** Reads a row back. Throws `CorruptStoreError`. */
export function readQuarantined(row: QuarantineRow): Quarantined {
  return quarantinedOf(readEntry(row), row.quarantined, Reason.parse(JSON.parse(row.reason)));
}
