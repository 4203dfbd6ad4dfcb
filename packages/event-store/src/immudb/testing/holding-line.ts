import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line that can hold back what the client says, and pass it on when the client has long given up: as a slow network may. */
export type HoldingLine = {
  readonly address: string;
  /** What comes on the connections that there are is held back; new connections are not concerned. */
  hold(): void;
  held(): boolean;
  /** Ends the held connections for the client. The server does not learn of it. */
  hangUp(): void;
  /** Passes on what was held. Resolves when the server has answered it. */
  release(): Promise<void>;
  close(): Promise<void>;
};

export async function openHoldingLine(port: number): Promise<HoldingLine> {
  type Connection = { readonly client: Socket; readonly upstream: Socket; held: Buffer[] | undefined };
  const connections = new Set<Connection>();
  const server = createServer((client) => {
    const connection: Connection = { client, upstream: connect(port, "127.0.0.1"), held: undefined };
    const { upstream } = connection;
    connections.add(connection);
    client.on("data", (data) => {
      if (connection.held) connection.held.push(data);
      else upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (!client.destroyed) client.write(data);
    });
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    upstream.on("close", () => client.destroy());
    client.on("close", () => {
      if (!connection.held) upstream.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const holding = (): readonly Connection[] => [...connections].filter(({ held }) => held !== undefined);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      for (const connection of connections) connection.held = [];
    },
    held: () => holding().some(({ held }) => held !== undefined && held.length > 0),
    hangUp: () => {
      for (const { client } of holding()) client.destroy();
    },
    release: async () => {
      await Promise.all(
        holding().map(async ({ upstream, held = [] }) => {
          if (held.length === 0) return;
          const answered = once(upstream, "data");
          upstream.write(Buffer.concat(held));
          await answered;
        }),
      );
    },
    close: async () => {
      for (const { client, upstream } of connections) {
        client.destroy();
        upstream.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}
