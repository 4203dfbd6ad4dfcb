import { AethyrError } from "@aethyr/kernel";

/** The client was made without the part that this needs. */
export class NotConnectedError extends AethyrError {
  constructor(what: string) {
    super("not_connected", `this client was made without a way to ${what}: give it one where it is made`, { what });
  }
}
