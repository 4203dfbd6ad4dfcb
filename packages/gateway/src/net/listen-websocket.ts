import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { plainAddress } from "./admission.ts";
import { choose, forwardedFor, refusal, type AllowedOrigins } from "./handshake.ts";
import { closeServer, listenAt } from "./listening.ts";
import { createConnectionPool, type Listener, type ListenerOptions } from "./connection-pool.ts";
import { prepareSocket } from "./socket-carrier.ts";
import { openWebSocketWire } from "./websocket-wire.ts";

export type WebSocketListenerOptions = ListenerOptions & {
  readonly allowedOrigins: AllowedOrigins;
  /** Behind a proxy of one's own: believe its `X-Forwarded-For`. Without such a proxy, anybody could claim any address. */
  readonly trustProxy?: boolean;
};

/** A frame over this ends its connection with code 1009, before it is read. */
const maxFrameBytes = 64 * 1_024;
const maxHeaderBytes = 8 * 1_024;
const handshakeMs = 10_000;
/** Sockets that are no WebSocket yet, or are being turned away. */
const inBetween = 100;
/** Code of a close: try again later. */
const tryAgainLater = 1_013;

/** Takes players by WebSocket, at any path. Rejects with `ListenError` where it cannot listen. */
export async function listenWebSocket(options: WebSocketListenerOptions): Promise<Listener> {
  const { host, log, allowedOrigins } = options;
  const pool = createConnectionPool("websocket", options);
  const { limits, stats } = pool;

  const http = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    keepAliveTimeout: 1,
  });
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handleProtocols: (offered) => choose(offered) ?? false,
  });
  const remoteOf = (request: IncomingMessage): string =>
    plainAddress((options.trustProxy === true ? forwardedFor(request) : undefined) ?? request.socket.remoteAddress);

  const open = (webSocket: WebSocket, socket: Socket, remote: string): void => {
    const reason = pool.receive(remote, (handlers) =>
      openWebSocketWire({
        webSocket,
        socket,
        handlers,
        log,
        stats,
        subprotocol: choose([webSocket.protocol]) ?? "plain",
        lineLength: limits.lineLength,
        closeMs: limits.closeMs,
      }),
    );
    if (reason !== undefined) turnAway(webSocket, reason, limits.closeMs);
  };
  http.on("upgrade", (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    const refused = refusal(request, allowedOrigins);
    socket.on("error", (error) => log.info({ remote: socket.remoteAddress, err: error }, "connection broke"));
    if (refused !== undefined) {
      pool.refuse(remoteOf(request), refused.reason);
      answerPlainly(socket, refused.status, refused.reason);
      return;
    }
    prepareSocket(socket);
    upgrades.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, socket, remoteOf(request)));
  });
  http.on("request", (_request, response) => {
    response.writeHead(426, { "content-type": "text/plain; charset=utf-8", upgrade: "websocket", connection: "close" });
    response.end("Players connect here by WebSocket.\n");
  });
  http.maxConnections = limits.connections + inBetween;
  http.on("drop", (dropped?: { readonly remoteAddress?: string }) => pool.refuse(plainAddress(dropped?.remoteAddress), "too many sockets"));

  const port = await listenAt("websocket", http, host, options.port).catch(async (error: unknown) => {
    await pool.close(undefined);
    throw error;
  });
  http.on("error", (error) => log.error({ err: error }, "accepting a connection failed"));
  return {
    host,
    port,
    stats: () => stats,
    async close(text) {
      const closed = closeServer(http);
      http.closeIdleConnections();
      await pool.close(text);
      // What is left now never became a WebSocket, or is being turned away.
      http.closeAllConnections();
      await closed;
    },
  };
}

function turnAway(webSocket: WebSocket, reason: string, closeMs: number): void {
  const timer = setTimeout(() => webSocket.terminate(), closeMs);
  webSocket.on("error", () => webSocket.terminate());
  webSocket.on("close", () => clearTimeout(timer));
  webSocket.send(reason);
  webSocket.close(tryAgainLater, reason);
}

function answerPlainly(socket: Socket, status: number, reason: string): void {
  const words = status === 403 ? "Forbidden" : "Bad Request";
  const body = `${reason}\n`;
  const headers = `content-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${words}\r\n${headers}\r\n\r\n${body}`);
}
