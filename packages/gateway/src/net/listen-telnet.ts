import { createServer, type Socket } from "node:net";
import type { GameStatus } from "@aethyr/telnet";
import { plainAddress } from "./admission.ts";
import { closeServer, listenAt } from "./listening.ts";
import { createConnectionPool, type Listener, type ListenerOptions } from "./connection-pool.ts";
import { createSocketCarrier, prepareSocket } from "./socket-carrier.ts";
import { createTelnetProtocol } from "./telnet-protocol.ts";
import type { WireHandlers, Wire } from "./wire.ts";

export type TelnetListenerOptions = ListenerOptions & {
  /** What lists of games may read by MSSP; undefined tells them nothing. */
  readonly status?: () => GameStatus;
};

/** Sockets beyond the limit that are open for as long as it takes to read why they are turned away. */
const turnedAway = 100;

/** Takes players by telnet. Rejects with `ListenError` where it cannot listen. */
export async function listenTelnet(options: TelnetListenerOptions): Promise<Listener> {
  const { host, log } = options;
  const pool = createConnectionPool("telnet", options);
  const { limits, stats } = pool;

  const openWire = (socket: Socket, handlers: WireHandlers): Wire => {
    const carrier = createSocketCarrier(socket);
    const protocol = createTelnetProtocol({
      handlers,
      lineLength: limits.lineLength,
      status: options.status,
      send(bytes) {
        stats.bytesOut += bytes.length;
        carrier.send(bytes);
      },
    });
    let isEnded = false;
    socket.on("data", (bytes) => {
      handlers.bytes(bytes.length);
      if (!isEnded) protocol.receive(bytes);
    });
    socket.on("end", () => handlers.ended("left"));
    socket.on("error", (error) => {
      log.info({ remote: socket.remoteAddress, err: error }, "connection broke");
      handlers.ended("lost");
    });
    socket.on("close", handlers.gone);
    protocol.open();
    return {
      ...protocol,
      ...carrier,
      end() {
        isEnded = true;
        carrier.end();
      },
    };
  };
  const server = createServer((socket) => {
    prepareSocket(socket);
    const reason = pool.receive(plainAddress(socket.remoteAddress), (handlers) => openWire(socket, handlers));
    if (reason !== undefined) turnAway(socket, reason, limits.closeMs);
  });
  server.maxConnections = limits.connections + turnedAway;
  server.on("drop", (dropped) => pool.refuse(plainAddress(dropped?.remoteAddress), "too many sockets"));

  const port = await listenAt("telnet", server, host, options.port).catch(async (error: unknown) => {
    await pool.close(undefined);
    throw error;
  });
  // Such as no file descriptors left: who came then is gone, everybody else is not concerned.
  server.on("error", (error) => log.error({ err: error }, "accepting a connection failed"));
  return {
    host,
    port,
    stats: () => stats,
    async close(text) {
      const closed = closeServer(server);
      await pool.close(text);
      await closed;
    },
  };
}

/** Says why, and waits no longer than it takes to read it. */
function turnAway(socket: Socket, reason: string, closeMs: number): void {
  const timer = setTimeout(() => socket.destroy(), closeMs);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => clearTimeout(timer));
  socket.resume();
  socket.end(`${reason}\r\n`);
}
