import { AethyrError, type Json } from "@aethyr/kernel";

/** Any failure of the operator API or its client that is not the store's or the bus's own: see the code. */
export class OperatorError extends AethyrError {}

/** A question that cannot be asked so: a version below 1, an unknown parameter, a body that is no list of commands. Nothing was done. */
export class InvalidQuestionError extends OperatorError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("invalid_request", message, details);
  }
}

/** What the API of a running world answered; `code` is the code of its answer, `status` the HTTP status. */
export class RefusedByApiError extends OperatorError {
  readonly status: number;
  constructor(status: number, code: string, message: string, details: Readonly<Record<string, Json>> = {}) {
    super(code, message, details);
    this.status = status;
  }
}

/** No world answers at this address, or the connection broke. Commands that were under way may have taken effect: send them again under the same ids. */
export class ApiUnreachableError extends OperatorError {
  constructor(url: string, what: string, options?: ErrorOptions) {
    super(
      "api_unreachable",
      `${url}: ${what}; see whether the world is running, then ask again (commands under the same ids)`,
      { url },
      options,
    );
  }
}

/** What answers at this address is not the operator API of a world, or of another version. */
export class ForeignAnswerError extends OperatorError {
  constructor(url: string, what: string, options?: ErrorOptions) {
    super("foreign_answer", `${url} does not answer as the operator API of a world does: ${what}`, { url }, options);
  }
}

/** The operator API cannot listen there. */
export class ApiAddressError extends OperatorError {
  constructor(host: string, port: number, why: string, options?: ErrorOptions) {
    super(
      "api_address",
      `the operator API cannot listen on ${host}:${port}: ${why}; choose another port, or 0 for any free one`,
      { host, port },
      options,
    );
  }
}
