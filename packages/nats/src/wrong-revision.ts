import { JetStreamApiError } from "@nats-io/jetstream";

/** Not at the expected revision; and not at one that is known yet, because another write of the key is under way in the cluster. */
const wrongRevision: ReadonlySet<number> = new Set([10_071, 10_164]);

/** Whether a conditional write was refused because somebody else has written. */
export const isWrongRevision = (error: unknown): boolean => error instanceof JetStreamApiError && wrongRevision.has(error.code);
