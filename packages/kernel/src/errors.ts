import type { Json } from "./json.ts";

/**
 * The root of every error of the project: `code` is stable and listed in `docs/errors.md`; callers branch on it, never on the text.
 * `details` are JSON values that name what was concerned.
 */
export class AethyrError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, Json>>;

  constructor(code: string, message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** An aggregate, fragment, extension or domain is declared in a way that cannot work. Found at start, before any command. */
export class DefinitionError extends AethyrError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("definition", message, details);
  }
}

/** A value that JSON cannot carry unchanged (a Date, NaN, BigInt, Map, undefined, …), or one nested too deeply. */
export class NotJsonError extends AethyrError {
  constructor(path: string, what: string) {
    super("not_json", `${path || "the value"} is ${what}: only JSON values may travel or be recorded`, { path });
  }
}

/** The chart does not allow this event in the state that the aggregate has reached: a bug in a rule, or a damaged history. */
export class IllegalEventError extends AethyrError {
  constructor(the: { aggregate: string; version: number; state: string; event: string }) {
    super("illegal_event", `${the.aggregate}: the chart allows no ${the.event} as version ${the.version}, in state ${the.state}`, the);
  }
}

/** A rule decided an event whose data its own schema refuses, or for an aggregate that is no party of the command. */
export class InvalidDecisionError extends AethyrError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super("invalid_decision", message, details, options);
  }
}

/** A stored event that the current definitions cannot read: unknown type, newer version, or no upcaster path. The stream stops there. */
export class UnreadableEventError extends AethyrError {
  constructor(the: { aggregate: string; event: string; schema: number; known: number | null }, why: string) {
    super("unreadable_event", `${the.aggregate}: ${the.event} v${the.schema} cannot be read: ${why}`, the);
  }
}

/** A command asked for more participants, or in more rounds, than a command may have. */
export class TooManyParticipantsError extends AethyrError {
  constructor(the: { command: string; limit: number }) {
    super("too_many_participants", `${the.command} concerns more than ${the.limit} aggregates at once: split it`, the);
  }
}

/** A snapshot that fits the machine by name and hash, but holds a state that the machine does not have. Discard it and replay. */
export class CorruptSnapshotError extends AethyrError {
  constructor(aggregate: string, version: number, options?: ErrorOptions) {
    super(
      "corrupt_snapshot",
      `${aggregate}: the snapshot at version ${version} holds no state of its chart`,
      { aggregate, version },
      options,
    );
  }
}

/** A chart threw while it took an event. */
export class ChartFailedError extends AethyrError {
  constructor(the: { aggregate: string; version: number; event: string }, options?: ErrorOptions) {
    super("chart_failed", `${the.aggregate}: the chart failed on ${the.event} as version ${the.version}`, the, options);
  }
}
