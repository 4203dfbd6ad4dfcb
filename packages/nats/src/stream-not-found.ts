import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";

/** Whether a call failed because there is no such stream, or bucket, which is one. */
export const isStreamNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
