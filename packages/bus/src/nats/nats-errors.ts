import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import {
  ClosedConnectionError,
  DrainingConnectionError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
} from "@nats-io/transport-node";
import { BusBusyError, BusClosedError, BusError, BusTimeoutError, BusUnavailableError, MessageTooLargeError } from "../errors.ts";

/** Codes of the JetStream API that its client has no name for. */
const streamFull = new Set([10077, 10047, 10122]);
const messageGone = new Set<number>([10057, JetStreamApiCodes.NoMessageFound]);
const notUnique = new Set([10099, 10100]);

/** A server, an account, or all servers of a cluster have less left than a stream wants to have for itself. */
const noRoom = new Set([10047, 10002, 10023, 10005]);

/** A stream that is full and one subject of it that is full have one code: only the words differ. */
const isSubjectFull = (error: unknown): boolean => error instanceof JetStreamApiError && /per subject/.test(error.message);

/** Any failure of a call as the bus's own error. */
export function toBusError(error: unknown, doing: string, timeoutMs: number): BusError {
  if (error instanceof BusError) return error;
  if (error instanceof TimeoutError) return new BusTimeoutError(timeoutMs);
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) return new BusClosedError();
  if (isSubjectFull(error)) return new BusBusyError("too many commands wait for this aggregate", { cause: error });
  if (error instanceof JetStreamApiError && streamFull.has(error.code)) {
    return new BusUnavailableError(`NATS could not ${doing}: the lane is full; nothing was kept, try again later`, { cause: error });
  }
  // The client does not give this class to anybody.
  if (error instanceof Error && error.name === "JetStreamNotEnabled") {
    const remedy = "it has no leader for the moment, or was deleted: a host makes the lanes again, the relay the feed";
    return new BusUnavailableError(`NATS could not ${doing}: no stream takes it; ${remedy}`, { cause: error });
  }
  return new BusUnavailableError(`NATS could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

export const isNoResponders = (error: unknown): boolean => error instanceof RequestError && error.isNoResponders();

export const isNoRoom = (error: unknown): boolean => error instanceof JetStreamApiError && noRoom.has(error.code);
export const isConsumerNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;

/** The stream holds no message at that place: never, or no longer. */
export const isMessageGone = (error: unknown): boolean => error instanceof JetStreamApiError && messageGone.has(error.code);
/** Another consumer has the messages that this one was to have. */
export const isConsumerNotUnique = (error: unknown): boolean => error instanceof JetStreamApiError && notUnique.has(error.code);
export const isPermissionDenied = (error: unknown): boolean =>
  error instanceof PermissionViolationError || (error instanceof Error && error.cause instanceof PermissionViolationError);

export function checkSize(bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength > limit) throw new MessageTooLargeError(limit, bytes.byteLength);
}
