import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, DrainingConnectionError, RequestError, TimeoutError } from "@nats-io/transport-node";
import { BusClosedError, BusError, BusTimeoutError, BusUnavailableError, MessageTooLargeError } from "../errors.ts";

/** Codes of the JetStream API that its client has no name for. */
const streamFull = new Set([10077, 10047, 10122]);

/** Any failure of a call as the bus's own error. */
export function toBusError(error: unknown, doing: string, timeoutMs: number): BusError {
  if (error instanceof BusError) return error;
  if (error instanceof TimeoutError) return new BusTimeoutError(timeoutMs);
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) return new BusClosedError();
  if (error instanceof JetStreamApiError && streamFull.has(error.code)) {
    return new BusUnavailableError(`NATS could not ${doing}: the lane is full; nothing was kept, try again later`, { cause: error });
  }
  return new BusUnavailableError(`NATS could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

export const isNoResponders = (error: unknown): boolean => error instanceof RequestError && error.isNoResponders();

export const isStreamNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
export const isConsumerNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;

export function checkSize(bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength > limit) throw new MessageTooLargeError(limit, bytes.byteLength);
}
