import { createHash } from "node:crypto";
import type { Json, NewEvent } from "@aethyr/kernel";
import { pathOf, RefPath, refOf } from "@aethyr/kernel";
import { z } from "zod";
import { canonical, StorableEvent } from "../encoding.ts";
import { CorruptStoreError } from "../errors.ts";
import type { Assert, Commit } from "../event-store.ts";

/** A write with the exact version that it was accepted on: whatever its writer expected, its events have the versions that were answered. */
export type JournalWrite = {
  readonly path: string;
  readonly expected: number;
  readonly ends: boolean;
  readonly events: readonly NewEvent[];
};
export type JournalAssert = { readonly path: string; readonly expect: number | "alive" };

/** A commit as the journal keeps it. What it was decided on, `after`, follows from the order of the journal. */
export type JournalCommit = {
  readonly writes: readonly JournalWrite[];
  readonly asserts: readonly JournalAssert[];
  readonly command?: { readonly id: string; readonly outcome: Json };
};

/** A commit in the journal. */
export type Entry = JournalCommit & {
  /** Its place in the journal: grows, is never given again. */
  readonly seq: number;
  /** Which outage it was journaled in, counted from 1. */
  readonly epoch: number;
  /** When it was journaled, ISO 8601, UTC. */
  readonly time: string;
  /** Bytes of its text. */
  readonly size: number;
};

/** An entry as the file holds it. */
export type EntryRow = {
  readonly seq: number;
  readonly epoch: number;
  readonly time: string;
  readonly text: string;
  readonly sha256: Uint8Array;
};

const StoredCommit = z.strictObject({
  writes: z
    .array(
      z.strictObject({ path: RefPath, expected: z.int().nonnegative(), ends: z.boolean(), events: z.array(StorableEvent.strict()).min(1) }),
    )
    .min(1),
  asserts: z.array(z.strictObject({ path: RefPath, expect: z.union([z.int().nonnegative(), z.literal("alive")]) })),
  command: z.strictObject({ id: z.string(), outcome: z.custom<Json>((value) => value !== undefined) }).optional(),
});

/** A commit as the journal accepts it, on streams that stand at these versions. */
export function pinned({ writes, asserts = [], command }: Commit, versionOf: (path: string) => number): JournalCommit {
  return {
    writes: writes.map(({ stream, events, ends = false }) => ({ path: pathOf(stream), expected: versionOf(pathOf(stream)), ends, events })),
    asserts: asserts.map(({ stream, expect }) => ({ path: pathOf(stream), expect })),
    ...(command && { command }),
  };
}

/** Where the streams stand after a commit, in the order of its writes. */
export const versionsOf = ({ writes }: JournalCommit): readonly number[] => writes.map(({ expected, events }) => expected + events.length);

export const eventsOf = ({ writes }: JournalCommit): number => writes.reduce((sum, { events }) => sum + events.length, 0);

/**
 * The commit for the log, under the preconditions that it was journaled on. `writerOf` gives the command before it in the same call that wrote
 * a stream last, if one did.
 */
export function commitOf({ writes, asserts, command }: JournalCommit, writerOf: (path: string) => string | undefined): Commit {
  const following = (path: string): Pick<Assert, "after"> | undefined => {
    const after = writerOf(path);
    return after === undefined ? undefined : { after };
  };
  return {
    writes: writes.map(({ path, expected, ends, events }) => ({ stream: refOf(path), expected, events, ends, ...following(path) })),
    // One that asks for more than that it lives holds or not by what is in the log.
    asserts: asserts.map(({ path, expect }) => ({ stream: refOf(path), expect, ...(expect === "alive" ? undefined : following(path)) })),
    ...(command && { command }),
  };
}

export const textOf = ({ writes, asserts, command }: JournalCommit): string =>
  canonical({ writes, asserts, ...(command && { command }) } as unknown as Json);

export const hashOf = (text: string): Uint8Array => createHash("sha256").update(text).digest();

/** Reads an entry back. Throws `CorruptStoreError`, naming its place, where it is not what was written. */
export function readEntry({ seq, epoch, time, text, sha256 }: EntryRow): Entry {
  if (Buffer.compare(hashOf(text), sha256) !== 0) throw damaged(seq, "its hash is another");
  const parsed = StoredCommit.safeParse(json(text));
  if (!parsed.success) throw damaged(seq, z.prettifyError(parsed.error).replaceAll("\n", " "));
  const { command, ...rest } = parsed.data;
  return { seq, epoch, time, size: Buffer.byteLength(text), ...rest, ...(command && { command }) };
}

const damaged = (seq: number, why: string): CorruptStoreError =>
  new CorruptStoreError(`entry ${seq} of the journal cannot be read: ${why}; restore its folder from a copy`, { seq });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
