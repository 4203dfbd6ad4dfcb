export { connectOptions, type NatsPlace } from "./place.ts";
export { usualReplicas } from "./replicas.ts";
export { statusOf, type NatsStatus } from "./status.ts";
export { isWrongRevision } from "./wrong-revision.ts";
