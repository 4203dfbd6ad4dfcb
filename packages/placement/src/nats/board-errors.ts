import { ClosedConnectionError, DrainingConnectionError } from "@nats-io/transport-node";
import { BoardClosedError, BoardUnavailableError, PlacementError } from "../errors.ts";

/** Any failure of a call as the board's own. */
export function toBoardError(error: unknown, doing: string): PlacementError {
  if (error instanceof PlacementError) return error;
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) return new BoardClosedError();
  return new BoardUnavailableError(`NATS could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
