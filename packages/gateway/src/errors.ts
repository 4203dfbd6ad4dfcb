import { AethyrError } from "@aethyr/kernel";
import type { ConnectionEnd } from "./connection.ts";

/** The connection that a line was wanted of has ended; its session ends with it. */
export class ConnectionEndedError extends AethyrError {
  constructor(why: ConnectionEnd) {
    super("connection_ended", `the connection has ended: ${why}`, { why });
  }
}
