import { isAggregateId, isAggregateType, NotJsonError, pathOf, type Json, type Ref, type Snapshot } from "@aethyr/kernel";
import { z } from "zod";
import { canonical, encodeSnapshot, encodeUnversioned, StorableEvent } from "./encoding.ts";
import { InvalidRequestError, LimitExceededError } from "./errors.ts";
import type { Assert, Commit } from "./event-store.ts";
import type { ExpectedVersion } from "./expected-version.ts";
import { checkFence, type Fence } from "./fences.ts";
import { limits } from "./limits.ts";

/** A checked and encoded write: all that an adapter needs, in a form that is cheap to hand to another thread. */
export type PreparedWrite = {
  readonly path: string;
  readonly expected: ExpectedVersion;
  readonly after?: string;
  readonly ends: boolean;
  /** Stored text of each event up to its version, see `encodeUnversioned`. */
  readonly events: readonly string[];
  readonly types: readonly string[];
};

export type PreparedAssert = { readonly path: string; readonly expect: number | "alive"; readonly after?: string };

export type PreparedCommand = { readonly id: string; /** Canonical JSON. */ readonly outcome: string };

export type PreparedCommit = {
  /** None: the answer of a command that changed nothing, see `answers.ts`. */
  readonly writes: readonly PreparedWrite[];
  readonly asserts: readonly PreparedAssert[];
  readonly command?: PreparedCommand | undefined;
  readonly fence?: Fence | undefined;
};

/** The digits of the largest version and the closing brace. */
const versionRoom = 17;

/**
 * Checks an append against the limits and for sense, and encodes it. Throws `LimitExceededError` or `InvalidRequestError`, so that an adapter
 * that prepares first has done nothing yet.
 */
export function prepareAppend(commits: readonly Commit[]): readonly PreparedCommit[] {
  const events = countEvents(commits);
  if (events > limits.eventsPerAppend) throw new LimitExceededError("events in one append", limits.eventsPerAppend, events);
  return commits.map(prepareCommit);
}

/** Events of all the commits together. */
export function countEvents(commits: readonly { readonly writes: readonly { readonly events: readonly unknown[] }[] }[]): number {
  let events = 0;
  for (const { writes } of commits) for (const write of writes) events += write.events.length;
  return events;
}

function prepareCommit(commit: Commit): PreparedCommit {
  const { writes, asserts = [], command, fence } = commit;
  if (writes.length === 0) throw new InvalidRequestError("a commit without writes records nothing: leave it out");
  const streams = writes.length + asserts.length;
  if (streams > limits.streamsPerCommit) throw new LimitExceededError("streams of one commit", limits.streamsPerCommit, streams);
  const paths = new Set<string>();
  const prepared = {
    writes: writes.map((write): PreparedWrite => {
      const path = once(paths, write.stream);
      if (write.events.length === 0) throw new InvalidRequestError(`the write to ${path} has no events`, { stream: path });
      checkExpected(path, write.expected);
      const texts = write.events.map((event) => prepareEvent(write.stream, path, event));
      const { expected, ends = false } = write;
      return { path, expected, ...after(write), ends, events: texts, types: write.events.map(({ type }) => type) };
    }),
    asserts: asserts.map((assert: Assert): PreparedAssert => {
      const { stream, expect } = assert;
      const path = once(paths, stream);
      if (expect !== "alive" && !isVersion(expect))
        throw new InvalidRequestError(`${path} cannot be asserted to be at ${expect}`, { stream: path });
      return { path, expect, ...after(assert) };
    }),
    ...prepareFence(fence),
  };
  return command ? { ...prepared, command: prepareCommand(command) } : prepared;
}

export const prepareCommand = ({ id, outcome }: Required<Commit>["command"]): PreparedCommand => ({
  id: checkCommandId(id),
  outcome: prepareOutcome(id, outcome),
});

export const prepareFence = (fence: Fence | undefined): Pick<PreparedCommit, "fence"> | undefined =>
  fence === undefined ? undefined : { fence: checkFence(fence) };

const after = (the: { readonly after?: string }) => (the.after === undefined ? undefined : { after: the.after });

function prepareEvent(stream: Ref, path: string, event: Commit["writes"][number]["events"][number]): string {
  const checked = StorableEvent.safeParse(event);
  if (!checked.success)
    throw new InvalidRequestError(`an event for ${path} has the wrong form: ${explained(checked.error)}`, { stream: path });
  const text = orInvalid(path, () => encodeUnversioned(stream, event));
  checkBytes(`bytes of ${event.type} for ${path}`, text, versionRoom);
  return text;
}

function prepareOutcome(command: string, outcome: Json): string {
  const text = orInvalid(`the outcome of ${command}`, () => canonical(outcome));
  checkBytes(`bytes of the outcome of ${command}`, text, 0);
  return text;
}

/** Checks and encodes a snapshot. Throws `InvalidRequestError`. */
export function prepareSnapshot(snapshot: Snapshot): { readonly path: string; readonly text: string } {
  const path = checkStream(snapshot.stream);
  if (!isVersion(snapshot.version) || snapshot.version < 1)
    throw new InvalidRequestError(`a snapshot of ${path} at version ${snapshot.version}`, { stream: path });
  return { path, text: orInvalid(path, () => encodeSnapshot(snapshot)) };
}

/** The path of a stream whose name is fit to be one. */
export function checkStream(stream: Ref): string {
  if (!isAggregateType(stream.type) || !isAggregateId(stream.id))
    throw new InvalidRequestError(`${JSON.stringify(stream)} cannot be the name of a stream`);
  return pathOf(stream);
}

export function checkCommandId(id: string): string {
  if (id.length > 0 && id.length <= limits.commandIdLength && id.isWellFormed()) return id;
  throw new InvalidRequestError(`a command id has 1 to ${limits.commandIdLength} characters: ${JSON.stringify(id.slice(0, 200))}`);
}

/** A version or a position: a whole number from 0. */
export const isVersion = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function once(paths: Set<string>, stream: Ref): string {
  const path = checkStream(stream);
  if (paths.has(path)) throw new InvalidRequestError(`${path} occurs twice in one commit`, { stream: path });
  paths.add(path);
  return path;
}

function checkExpected(path: string, expected: ExpectedVersion): void {
  if (typeof expected === "string" || isVersion(expected)) return;
  throw new InvalidRequestError(`${path} cannot be expected at ${expected}`, { stream: path });
}

function checkBytes(what: string, text: string, extra: number): void {
  // No UTF-16 unit takes more than three bytes, so that nearly every text is known to fit without counting.
  if (text.length * 3 + extra <= limits.eventBytes) return;
  const bytes = Buffer.byteLength(text) + extra;
  if (bytes > limits.eventBytes) throw new LimitExceededError(what, limits.eventBytes, bytes);
}

function orInvalid<T>(where: string, encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    if (error instanceof NotJsonError) throw new InvalidRequestError(`${where}: ${error.message}`, error.details);
    throw error;
  }
}

const explained = (error: z.ZodError): string => z.prettifyError(error).replaceAll("\n", " ");
