import { AethyrError, type Json } from "@aethyr/kernel";

/** One thing that is wrong with a message: where (`data.direction`, empty for the whole) and what. */
export type Issue = { readonly path: string; readonly message: string };

/** Bytes that are no message: truncated, not UTF-8, not of the content type they claim, or carrying what JSON cannot. Mend the sender. */
export class MalformedMessageError extends AethyrError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super("malformed", message, details, options);
  }
}

/** A message over the limit, in bytes. Nothing of it was read. */
export class TooLargeError extends AethyrError {
  constructor(limit: number, actual: number) {
    super("too_large", `the message has ${actual} bytes, the limit is ${limit}: split it`, { limit, actual });
  }
}

/** Readable bytes that are not the message which was expected: fields missing or wrong, another protocol version, another addressee. */
export class InvalidMessageError extends AethyrError {
  readonly issues: readonly Issue[];
  /** The command's id, where the message carries a readable one. */
  readonly command: string | undefined;

  constructor(what: string, issues: readonly Issue[], command?: string) {
    const first = issues[0];
    const where = first === undefined ? "" : `: ${first.path === "" ? "" : `${first.path}: `}${first.message}`;
    super("invalid_message", `this is no ${what}${where}`, { issues: issues.map((issue) => ({ ...issue })), command: command ?? null });
    this.issues = issues;
    this.command = command;
  }
}

/** A world, type or id that cannot be part of a subject. */
export class InvalidSubjectError extends AethyrError {
  constructor(what: "world" | "type" | "id", value: string) {
    super("invalid_subject", `${JSON.stringify(value.slice(0, 200))} cannot be the ${what} of a subject`, {
      what,
      value: value.slice(0, 200),
    });
  }
}
