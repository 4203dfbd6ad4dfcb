export { openConnection, type Connection } from "./connection.ts";
export type { NatsPlace } from "./place.ts";
export { usualReplicas } from "./replicas.ts";
export type { NatsStatus } from "./status.ts";
export { isStreamNotFound } from "./stream-not-found.ts";
export { isWrongRevision } from "./wrong-revision.ts";
