import { connectOptions, statusOf } from "@aethyr/nats";
import { connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { toBoardError } from "./board-errors.ts";
import type { BoardStatus, NatsBoardOptions } from "./options.ts";

/** The connection of one host to the board. */
export type Line = {
  readonly nats: NatsConnection;
  readonly isConnected: () => boolean;
  /** Calls back after each time that the connection was lost and found again, until the function that it gives back is called. */
  onReconnect(handler: () => void): () => void;
  readonly report: (status: BoardStatus) => void;
  close(): Promise<void>;
};

export async function openLine(options: NatsBoardOptions): Promise<Line> {
  const name = options.name ?? `aethyr ${options.world} placement`;
  const nats = await connect({ ...connectOptions({ ...options, name }), ...impatient }).catch((error: unknown) => {
    throw toBoardError(error, "connect");
  });
  const report = (status: BoardStatus): void => options.onStatus?.(status);
  const reconnected = new Set<() => void>();
  let connected = true;
  const statuses = (async () => {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") connected = false;
      if (status.type === "reconnect") {
        connected = true;
        for (const handler of reconnected) handler();
      }
      report(statusOf(status));
    }
  })();
  return {
    nats,
    isConnected: () => connected && !nats.isClosed(),
    onReconnect(handler) {
      const own = (): void => handler();
      reconnected.add(own);
      return () => void reconnected.delete(own);
    },
    report,
    close: async () => {
      if (!nats.isClosed()) await nats.close();
      await statuses;
    },
  };
}

/** A host that is silent for 2 s loses its partitions: it must be back before. */
const impatient: Partial<NodeConnectionOptions> = {
  reconnectTimeWait: 200,
  reconnectJitter: 100,
  reconnectJitterTLS: 100,
  // A server that went away without a word is noticed within 5 s, and there may be another one.
  pingInterval: 2_000,
  maxPingOut: 2,
};
