import type { ConnectionEnd } from "../connection.ts";

/** What a listener has done since it was opened, for metrics. */
export type ListenerStats = {
  /** Connections now. */
  open: number;
  accepted: number;
  /** Turned away: too many, of an origin that is not allowed, without a protocol that is spoken here. */
  refused: number;
  ended: Record<ConnectionEnd, number>;
  bytesIn: number;
  bytesOut: number;
  /** Lines and GMCP messages that the game never saw: too many, too long, not JSON that can be kept. */
  droppedLines: number;
  droppedMessages: number;
};

export function createStats(): ListenerStats {
  return {
    open: 0,
    accepted: 0,
    refused: 0,
    ended: { left: 0, lost: 0, closed: 0, too_slow: 0, flooded: 0 },
    bytesIn: 0,
    bytesOut: 0,
    droppedLines: 0,
    droppedMessages: 0,
  };
}
