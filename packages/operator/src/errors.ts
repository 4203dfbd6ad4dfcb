import { AethyrError, type Json } from "@aethyr/kernel";

/** Any failure of the operator API or its client that is not the store's or the bus's own: see the code. */
export class OperatorError extends AethyrError {}

/** A question that cannot be asked so: a version below 1, an unknown parameter, a body that is no list of commands. Nothing was done. */
export class InvalidQuestionError extends OperatorError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("invalid_request", message, details);
  }
}

/** The world is being rebuilt already, and once is enough. Nothing was done. */
export class RebuildUnderWayError extends OperatorError {
  readonly status = 503;
  constructor() {
    super("busy", "the world is being replayed already: ask again when that is done");
  }
}

/** The world keeps no read models, so that there is nothing to ask or to do. */
export class NoReadModelsError extends OperatorError {
  constructor() {
    super(
      "no_read_models",
      "this world keeps no read models, or has made none yet: set readModels.store (AETHYR_READ_MODELS_STORE) to pglite or postgres, and start it again",
    );
  }
}

/** A single process runs the world: there is nothing that is divided among hosts. */
export class NotInAClusterError extends OperatorError {
  constructor() {
    super(
      "not_in_a_cluster",
      "a single process runs this world, or it is stopped: only a world on several hosts has partitions to look at",
    );
  }
}

/** What was asked for is not there. */
export class NotFoundError extends OperatorError {
  readonly status = 404;
  constructor(message: string) {
    super("not_found", message);
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
      `the operator API cannot listen on ${host}:${port}: ${why}; choose another port with --api-port or AETHYR_API_PORT, 0 for any free one`,
      { host, port },
      options,
    );
  }
}
