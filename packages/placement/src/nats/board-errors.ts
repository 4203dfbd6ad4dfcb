import { JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, DrainingConnectionError } from "@nats-io/transport-node";
import { BoardClosedError, BoardUnavailableError, PlacementError } from "../errors.ts";

/** Not at the expected revision; and not at one that is known yet, because another write of the key is under way in the cluster. */
const wrongRevision = new Set([10071, 10164]);

export const isWrongRevision = (error: unknown): boolean => error instanceof JetStreamApiError && wrongRevision.has(error.code);

/** Any failure of a call as the board's own. */
export function toBoardError(error: unknown, doing: string): PlacementError {
  if (error instanceof PlacementError) return error;
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) return new BoardClosedError();
  return new BoardUnavailableError(`NATS could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
