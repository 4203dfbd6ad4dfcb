import { AethyrError } from "@aethyr/kernel";
import type { ConnectionEnd } from "../connection.ts";

/** Too many passwords wait to be looked at. */
export class CredentialsBusyError extends AethyrError {
  constructor() {
    super("credentials_busy", "too many people are logging in at once: try again in a moment");
  }
}

/** A command of the game sends to the world what it does not declare. */
export class UndeclaredCommandError extends AethyrError {
  constructor(entry: string, command: string) {
    super("undeclared_command", `${entry} sends ${command}, which is not among what it declares: list it, with its events`, {
      entry,
      command,
    });
  }
}

/** The connection that was asked something has ended; its session ends with it. */
export class ConnectionEndedError extends AethyrError {
  constructor(why: ConnectionEnd) {
    super("connection_ended", `the connection has ended: ${why}`, { why });
  }
}
