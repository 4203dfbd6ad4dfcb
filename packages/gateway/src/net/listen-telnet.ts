import { createServer, type Socket } from "node:net";
import type { GameStatus } from "@aethyr/telnet";
import { plainAddress } from "./admission.ts";
import { closeServer, listenAt } from "./listening.ts";
import { createReception, type Listener, type ListenerOptions } from "./reception.ts";
import { createSocketCarrier, prepareSocket } from "./socket-carrier.ts";
import { createTelnetSpeech } from "./telnet-speech.ts";
import type { Heard, Wire } from "./wire.ts";

export type TelnetListenerOptions = ListenerOptions & {
  /** What lists of games may read by MSSP; undefined tells them nothing. */
  readonly status?: () => GameStatus;
};

/** Sockets beyond the limit that are open for as long as it takes to read why they are turned away. */
const turnedAway = 100;

/** Takes players by telnet. Rejects with `ListenError` where it cannot listen. */
export async function listenTelnet(options: TelnetListenerOptions): Promise<Listener> {
  const { host, log } = options;
  const reception = createReception("telnet", options);
  const { limits, stats } = reception;

  const openWire = (socket: Socket, heard: Heard): Wire => {
    const carrier = createSocketCarrier(socket);
    const speech = createTelnetSpeech({
      heard,
      lineLength: limits.lineLength,
      status: options.status,
      send(bytes) {
        stats.bytesOut += bytes.length;
        carrier.send(bytes);
      },
    });
    let isEnded = false;
    socket.on("data", (bytes) => {
      heard.bytes(bytes.length);
      if (!isEnded) speech.receive(bytes);
    });
    socket.on("end", () => heard.ended("left"));
    socket.on("error", (error) => {
      log.info({ remote: socket.remoteAddress, err: error }, "connection broke");
      heard.ended("lost");
    });
    socket.on("close", heard.gone);
    speech.open();
    return {
      ...speech,
      ...carrier,
      end() {
        isEnded = true;
        carrier.end();
      },
    };
  };
  const server = createServer((socket) => {
    prepareSocket(socket);
    const reason = reception.receive(plainAddress(socket.remoteAddress), (heard) => openWire(socket, heard));
    if (reason !== undefined) turnAway(socket, reason, limits.closeMs);
  });
  server.maxConnections = limits.connections + turnedAway;
  server.on("drop", (dropped) => reception.refuse(plainAddress(dropped?.remoteAddress), "too many sockets"));

  const port = await listenAt(server, host, options.port).catch(async (error: unknown) => {
    await reception.close(undefined);
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
      await reception.close(text);
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
