import { AethyrError } from "@aethyr/kernel";

/** A read model did not show everything up to a position in time. What was written is written. */
export class ReadModelBehindError extends AethyrError {
  constructor(readModel: string, position: number, timeoutMs: number) {
    super(
      "read_model_behind",
      `${readModel} did not come to position ${position} within ${timeoutMs} ms: read it as it is, or wait longer`,
      {
        readModel,
        position,
      },
    );
  }
}

/** The client was made without the part that this needs. */
export class NotConnectedError extends AethyrError {
  constructor(what: string) {
    super("not_connected", `this client was made without a way to ${what}: give it one where it is made`, { what });
  }
}
