import { connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { connectOptions, type NatsPlace } from "./place.ts";
import { statusOf, type NatsStatus } from "./status.ts";

export type Connection = {
  readonly nats: NatsConnection;
  /** Whether the server is there at the moment. */
  readonly isConnected: () => boolean;
  /** Calls back after each time that the connection was lost and found again, until the function that it gives back is called. */
  onReconnect(handler: () => void): () => void;
  /** Nothing is reported after it. */
  close(): Promise<void>;
};

/**
 * Connects, and tells what becomes of the connection. Rejects with what the library says where nobody is there, or nobody is let in; later it
 * is tried again without end.
 */
export async function openConnection(
  place: NatsPlace,
  onStatus: (status: NatsStatus) => void,
  tuning: Pick<NodeConnectionOptions, "pingInterval" | "reconnectJitter" | "reconnectJitterTLS" | "reconnectTimeWait" | "timeout"> = {},
): Promise<Connection> {
  const nats = await connect({ ...connectOptions(place), ...tuning });
  const reconnected = new Set<() => void>();
  let connected = true;
  const watching = (async () => {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") connected = false;
      if (status.type === "reconnect") connected = true;
      onStatus(statusOf(status));
      if (status.type === "reconnect") for (const handler of reconnected) handler();
    }
  })();
  return {
    nats,
    isConnected: () => connected && !nats.isClosed(),
    onReconnect(handler) {
      // One handler may be given twice.
      const own = (): void => handler();
      reconnected.add(own);
      return () => void reconnected.delete(own);
    },
    async close() {
      if (!nats.isClosed()) await nats.close();
      await watching;
    },
  };
}
