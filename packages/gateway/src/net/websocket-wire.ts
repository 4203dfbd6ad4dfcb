import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";
import { createFrameProtocol } from "./frame-protocol.ts";
import type { Subprotocol } from "./handshake.ts";
import type { GatewayLog } from "../log.ts";
import { flushedBytes } from "./socket-carrier.ts";
import type { ListenerStats } from "./stats.ts";
import { createTelnetProtocol } from "./telnet-protocol.ts";
import type { WireHandlers, Protocol, Wire } from "./wire.ts";

export type WebSocketWireOptions = {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly subprotocol: Subprotocol;
  readonly handlers: WireHandlers;
  readonly log: GatewayLog;
  readonly stats: ListenerStats;
  readonly lineLength: number;
  readonly closeMs: number;
};

/** The code of a close for which nobody said goodbye (RFC 6455). */
const abnormal = 1_006;
/** How the library calls a frame over the bound; it closes with code 1009 for it. */
const tooBig = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";

/** A connection over an opened WebSocket. */
export function openWebSocketWire(options: WebSocketWireOptions): Wire {
  const { webSocket, socket, handlers, log, stats } = options;
  let isEnded = false;
  let breaking: NodeJS.Timeout | undefined;
  const sendText = (text: string): void => {
    stats.bytesOut += Buffer.byteLength(text);
    if (webSocket.readyState === webSocket.OPEN) webSocket.send(text);
  };
  const sendBinary = (bytes: Uint8Array): void => {
    stats.bytesOut += bytes.length;
    if (webSocket.readyState === webSocket.OPEN) webSocket.send(bytes);
  };
  const ping = (): void => {
    if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
  };
  const protocol = openProtocol(options, { sendText, sendBinary, ping });

  webSocket.on("message", (data, isBinary) => {
    const bytes = bytesOf(data);
    handlers.bytes(bytes.length);
    if (!isEnded) protocol.receive(bytes, isBinary);
  });
  webSocket.on("pong", () => handlers.bytes(0));
  webSocket.on("ping", (data) => handlers.bytes(data.length));
  // The library has closed it already, with the code that says what was wrong; "close" follows.
  webSocket.on("error", (error) => {
    log.info({ remote: socket.remoteAddress, err: error }, "connection broke");
    handlers.ended("code" in error && error.code === tooBig ? "flooded" : "lost");
    breaking = setTimeout(() => webSocket.terminate(), options.closeMs);
  });
  webSocket.on("close", (code) => {
    handlers.ended(code === abnormal ? "lost" : "left");
    clearTimeout(breaking);
    handlers.gone();
  });
  return {
    ...protocol,
    backlog: () => webSocket.bufferedAmount,
    flushed: () => flushedBytes(socket),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    end() {
      isEnded = true;
      webSocket.close(1_000);
    },
    drop: () => webSocket.terminate(),
  };
}

type Sending = {
  readonly sendText: (text: string) => void;
  readonly sendBinary: (bytes: Uint8Array) => void;
  readonly ping: () => void;
};

function openProtocol(
  { subprotocol, handlers, lineLength }: WebSocketWireOptions,
  sending: Sending,
): Protocol & { receive(bytes: Uint8Array, isBinary: boolean): void } {
  if (subprotocol !== "telnet.mudstandards.org") return createFrameProtocol({ handlers, lineLength, subprotocol, ...sending });
  const protocol = createTelnetProtocol({ handlers, lineLength, send: sending.sendBinary, status: undefined });
  protocol.open();
  // WebSocket has probes of its own, which must be answered.
  return { ...protocol, probe: sending.ping, mustAnswerProbes: () => true };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
