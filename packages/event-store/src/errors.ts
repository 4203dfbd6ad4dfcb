import { AethyrError, pathOf, type Json, type Ref } from "@aethyr/kernel";
import type { ExpectedVersion } from "./expected-version.ts";
import type { Fence } from "./fences.ts";

/** Any failure of a store: see the code. */
export class StoreError extends AethyrError {}

/** A stream is not where the writer (or an assert) expects it: read its tail, decide again. `actual` 0 means no events. */
export class WrongExpectedVersionError extends StoreError {
  readonly stream: Ref;
  readonly actual: number;
  constructor(stream: Ref, expected: ExpectedVersion | "alive", actual: number) {
    super("wrong_expected_version", `${pathOf(stream)} is at version ${actual}, expected ${expected}`, {
      stream: pathOf(stream),
      expected,
      actual,
    });
    this.stream = stream;
    this.actual = actual;
  }
}

/** The stream's aggregate has ended: it takes no further events and is not alive. */
export class StreamEndedError extends StoreError {
  readonly stream: Ref;
  readonly actual: number;
  constructor(stream: Ref, actual: number) {
    super("stream_ended", `${pathOf(stream)} ended at version ${actual}`, { stream: pathOf(stream), actual });
    this.stream = stream;
    this.actual = actual;
  }
}

/** The command took effect before, or at position 0 was found to change nothing; its recorded outcome is `outcome`. */
export class CommandAlreadyRecordedError extends StoreError {
  readonly outcome: Json;
  readonly position: number;
  /** It is recorded beside the log, which is away, and not in it yet. */
  readonly provisional: boolean;
  constructor(command: string, outcome: Json, position: number, provisional = false) {
    const how = position === 0 && !provisional ? "was answered before, and changed nothing" : `took effect before, at position ${position}`;
    super("command_already_recorded", `command ${command} ${how}`, { command, position });
    this.outcome = outcome;
    this.position = position;
    this.provisional = provisional;
  }
}

/** Somebody else has taken the partition over: `lost` is not its newest fence, `newest` is. Nothing was done, and never will be under `lost`. */
export class FencedError extends StoreError {
  readonly lost: Fence;
  readonly newest: Fence;
  constructor(lost: Fence, newest: Fence) {
    const { partition } = lost;
    super(
      "fenced",
      `the partition ${partition} belongs to epoch ${newest.epoch}, no longer to ${lost.epoch}: whoever owns it now goes on`,
      {
        partition,
        epoch: lost.epoch,
        newest: newest.epoch,
      },
    );
    this.lost = lost;
    this.newest = newest;
  }
}

/** The partition is of a division of the actors that is no more: nobody owns it again. Nothing was done. */
export class FenceRetiredError extends StoreError {
  constructor(partition: string) {
    super(
      "fence_retired",
      `the partition ${partition} is no more: the world has been divided anew since this host began. Stop it, and start it with the number of partitions that the world has now`,
      { partition },
    );
  }
}

/** More than a store takes at once: events of an append, bytes of an event, events of a page. Nothing was done. */
export class LimitExceededError extends StoreError {
  constructor(what: string, limit: number, actual: number) {
    super("limit_exceeded", `${what}: ${actual} is over the limit of ${limit}`, { what, limit, actual });
  }
}

/** An append or a read that makes no sense: no events, a stream twice in one commit, a version below 1. Nothing was done. */
export class InvalidRequestError extends StoreError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("invalid_request", message, details);
  }
}

/** The store cannot be reached or cannot write now. Nothing was appended; the same call may be made again. */
export class UnavailableError extends StoreError {
  constructor(message: string, options?: ErrorOptions, details: Readonly<Record<string, Json>> = {}) {
    super("unavailable", message, details, options);
  }
}

/**
 * The engine's index is or may be damaged, so that what is there may not be found: nothing is appended, nor told of what rests on the index,
 * until it has been proven whole. Waiting does not mend it; the message names the remedy.
 */
export class IndexSuspectError extends UnavailableError {
  constructor(why: string, remedy: string, options?: ErrorOptions) {
    super(`the index of the log cannot be trusted: ${why}. Nothing was appended. ${remedy}`, options, { reason: "index_suspect" });
  }
}

/**
 * The log is not the one any more that this process has seen: it was put back to an older state, or goes on otherwise. Nothing is appended to it nor
 * told of it again: that would be a second history. Waiting does not mend it; the message names the remedy.
 */
export class HistoryLostError extends UnavailableError {
  constructor(why: string, remedy: string) {
    super(`the log is not the one that it was: ${why}. ${remedy}`, undefined, { reason: "history_lost" });
  }
}

/** The engine's snapshots cannot be read. They are a cache: nothing is lost with them. Waiting does not mend it; the message names the remedy. */
export class SnapshotsUnusableError extends UnavailableError {
  constructor(database: string, why: string, options?: ErrorOptions) {
    super(
      `the snapshots of the log cannot be used: the server says "${why}" of the database ${database}. They hold nothing that the events do not. Remedy: stop the server, move the folder ${database} out of its data folder, start it again, and run \`aethyr store init\`, which makes the database anew`,
      options,
      { reason: "snapshots_unusable" },
    );
  }
}

/** It is not known whether the append took effect. Ask again under the same command id. */
export class OutcomeUnknownError extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("outcome_unknown", message, {}, options);
  }
}

/** The data is not a log of ours, of another format version, or damaged. Nothing was changed. */
export class ForeignStoreError extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("foreign_store", message, {}, options);
  }
}

/** A log, or what lies beside one, belongs to another log than the one that was asked for. Nothing was changed. */
export class OtherLogError extends StoreError {
  constructor(message: string) {
    super("not_this_log", message);
  }
}

/** Another process has this store open. */
export class StoreInUseError extends StoreError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("store_in_use", message, details);
  }
}

/** A stored event or snapshot cannot be read back. */
export class CorruptStoreError extends StoreError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super("corrupt_store", message, details, options);
  }
}

/** The store was closed. */
export class ClosedError extends StoreError {
  constructor() {
    super("closed", "the event store is closed");
  }
}

const nothingWasAppended: ReadonlySet<string> = new Set(["unavailable", "closed", "limit_exceeded", "invalid_request"]);
const neverToBeAppended: ReadonlySet<string> = new Set(["limit_exceeded", "invalid_request"]);

/** Whether the failure of an append leaves no doubt: nothing of it was made. */
export const nothingAppended = (error: unknown): error is AethyrError => error instanceof AethyrError && nothingWasAppended.has(error.code);

/** Whether an append fails like this however often it is tried. */
export const neverFits = (error: unknown): error is AethyrError => error instanceof AethyrError && neverToBeAppended.has(error.code);
