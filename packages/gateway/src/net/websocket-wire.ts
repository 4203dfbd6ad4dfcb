import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";
import { createFrameSpeech } from "./frame-speech.ts";
import type { WebSocketProtocol } from "./handshake.ts";
import type { GatewayLog } from "../log.ts";
import { flushedBytes } from "./socket-carrier.ts";
import type { ListenerStats } from "./stats.ts";
import { createTelnetSpeech } from "./telnet-speech.ts";
import type { Heard, Speech, Wire } from "./wire.ts";

export type WebSocketWireOptions = {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly protocol: WebSocketProtocol;
  readonly heard: Heard;
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
  const { webSocket, socket, heard, log, stats } = options;
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
  const speech = openSpeech(options, { sendText, sendBinary, ping });

  webSocket.on("message", (data, isBinary) => {
    const bytes = bytesOf(data);
    heard.bytes(bytes.length);
    if (!isEnded) speech.receive(bytes, isBinary);
  });
  webSocket.on("pong", () => heard.bytes(0));
  webSocket.on("ping", (data) => heard.bytes(data.length));
  // The library has closed it already, with the code that says what was wrong; "close" follows.
  webSocket.on("error", (error) => {
    log.info({ remote: socket.remoteAddress, err: error }, "connection broke");
    heard.ended("code" in error && error.code === tooBig ? "flooded" : "lost");
    breaking = setTimeout(() => webSocket.terminate(), options.closeMs);
  });
  webSocket.on("close", (code) => {
    heard.ended(code === abnormal ? "lost" : "left");
    clearTimeout(breaking);
    heard.gone();
  });
  return {
    ...speech,
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

function openSpeech(
  { protocol, heard, lineLength }: WebSocketWireOptions,
  sending: Sending,
): Speech & { receive(bytes: Uint8Array, isBinary: boolean): void } {
  if (protocol !== "telnet.mudstandards.org") return createFrameSpeech({ heard, lineLength, protocol, ...sending });
  const speech = createTelnetSpeech({ heard, lineLength, send: sending.sendBinary, status: undefined });
  speech.open();
  // WebSocket has probes of its own, which must be answered.
  return { ...speech, probe: sending.ping, mustAnswerProbes: () => true };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
