import type { NatsStatus } from "@aethyr/nats";
import type { Log } from "@aethyr/runtime";

/** Of the connection's daily life; all else means that something is not as it should be. */
const usual = new Set(["reconnect", "reconnecting", "update", "ldm", "close", "lane_renewed"]);
/** Something is lost, or not allowed. */
const grave = new Set(["error", "dead_letter_lost", "foreign_message", "unreadable"]);

/** Writes what becomes of a connection to NATS into the log, as loud as it is. */
export const logStatus =
  (log: Log, connection: "bus" | "coordination" | "placement") =>
  (status: NatsStatus): void => {
    // The library says it every few seconds.
    if (status.type === "ping") return;
    const fields = { connection, status };
    if (grave.has(status.type)) log.error(fields, "nats");
    else if (usual.has(status.type)) log.info(fields, "nats");
    else log.warn(fields, "nats");
  };
