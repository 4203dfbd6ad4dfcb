import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A line between a client and a server that a test can cut, or make slow, deaf or mute. */
export type UnrulyLine = {
  readonly address: string;
  /** What the server says is not passed on any more, until `mend`. */
  deafen(): void;
  /** What the client says is not passed on any more, until `mend`; whether it has said something tells `swallowed`. */
  mute(): void;
  swallowed(): boolean;
  /** What either of them says arrives so much later, in its order, until `mend`. */
  slow(ms: number): void;
  /** Ends all connections; new ones are refused until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
};

/** Passes on what comes, to a port of this machine. */
export async function openUnrulyLine(port: number): Promise<UnrulyLine> {
  const sockets = new Set<Socket>();
  let [isCut, isDeaf, isMute, hasSwallowed] = [false, false, false, false];
  let slowMs = 0;
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
    const toServer = inOrder(upstream);
    const toClient = inOrder(client);
    client.on("data", (data) => {
      if (isMute) hasSwallowed = true;
      else toServer(data, slowMs);
    });
    upstream.on("data", (data) => {
      if (!isDeaf) toClient(data, slowMs);
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
    slow: (ms) => {
      slowMs = ms;
    },
    cut,
    mend: () => {
      slowMs = 0;
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

/** Writes what it is given at once or later, and never before what it was given earlier. */
function inOrder(socket: Socket): (data: Buffer, afterMs: number) => void {
  let [waiting, written] = [0, Promise.resolve()];
  return (data, afterMs) => {
    if (afterMs === 0 && waiting === 0) {
      socket.write(data);
      return;
    }
    const due = performance.now() + afterMs;
    waiting += 1;
    written = written.then(async () => {
      const leftMs = due - performance.now();
      if (leftMs > 0) await pause(leftMs, undefined, { ref: false });
      waiting -= 1;
      if (!socket.destroyed) socket.write(data);
    });
  };
}
