import { AethyrError, pathOf, type Json, type Ref } from "@aethyr/kernel";
import type { ExpectedVersion } from "./expected-version.ts";

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

/** The command took effect before; its recorded outcome is `outcome`. */
export class CommandAlreadyRecordedError extends StoreError {
  readonly outcome: Json;
  readonly position: number;
  /** It is recorded beside the log, which is away, and not in it yet. */
  readonly provisional: boolean;
  constructor(command: string, outcome: Json, position: number, provisional = false) {
    super("command_already_recorded", `command ${command} took effect before, at position ${position}`, { command, position });
    this.outcome = outcome;
    this.position = position;
    this.provisional = provisional;
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
  constructor(message: string, options?: ErrorOptions) {
    super("unavailable", message, {}, options);
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
