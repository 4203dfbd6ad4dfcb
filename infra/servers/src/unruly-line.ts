import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line between a client and a server that a test can cut, or make deaf or mute. */
export type UnrulyLine = {
  readonly address: string;
  /** What the server says is not passed on any more, until `mend`. */
  deafen(): void;
  /** What the client says is not passed on any more, until `mend`; whether it has said something tells `swallowed`. */
  mute(): void;
  swallowed(): boolean;
  /** Ends all connections; new ones are refused until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
};

/** Passes on what comes, to a port of this machine. */
export async function openUnrulyLine(port: number): Promise<UnrulyLine> {
  const sockets = new Set<Socket>();
  let [isCut, isDeaf, isMute, hasSwallowed] = [false, false, false, false];
  const keep = (socket: Socket, peer: () => Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      peer().destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    keep(client, () => upstream);
    keep(upstream, () => client);
    if (isCut) client.destroy();
    client.on("data", (data) => {
      if (isMute) hasSwallowed = true;
      else upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (!isDeaf) client.write(data);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    deafen: () => {
      isDeaf = true;
    },
    mute: () => {
      isMute = true;
    },
    swallowed: () => hasSwallowed,
    cut,
    mend: () => {
      isMute = false;
      isCut = false;
      isDeaf = false;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
