import { cleanLine, createGmcpClient, formatGmcp, parseGmcp, type GmcpMessage } from "@aethyr/telnet";
import type { Json } from "@aethyr/kernel";
import { z } from "zod";
import type { WireHandlers, Protocol } from "./wire.ts";

/** Subprotocols of WebSocket that carry text and messages in frames, by their registered names; `plain` is none at all. */
export type FrameSubprotocol = "gmcp.mudstandards.org" | "json.mudstandards.org" | "terminal.mudstandards.org" | "plain";

export type FrameProtocolOptions = {
  readonly handlers: WireHandlers;
  readonly subprotocol: FrameSubprotocol;
  readonly lineLength: number;
  readonly sendText: (text: string) => void;
  readonly sendBinary: (bytes: Uint8Array) => void;
  readonly ping: () => void;
};

export type FrameProtocol = Protocol & { receive(bytes: Uint8Array, isBinary: boolean): void };

/** The text frame of `json.mudstandards.org`; `data` is a string that the protocol named by `proto` reads. */
const Envelope = z.object({ proto: z.string(), id: z.string().optional(), data: z.string().default("") });

const decoder = new TextDecoder("utf-8");
const encoder = new TextEncoder();

/** A connection that speaks in frames. A frame of text is one line, or several; its end is the end of a line, too. */
export function createFrameProtocol({
  handlers,
  subprotocol,
  lineLength,
  sendText,
  sendBinary,
  ping,
}: FrameProtocolOptions): FrameProtocol {
  const client = createGmcpClient();
  const hasGmcp = subprotocol === "gmcp.mudstandards.org" || subprotocol === "json.mudstandards.org";

  const gmcp = (name: string, data: unknown): void => {
    if (!hasGmcp || !client.wants(name)) return;
    if (subprotocol === "gmcp.mudstandards.org") sendText(formatGmcp(name, data));
    else sendText(JSON.stringify({ proto: "gmcp", id: name, data: data === undefined ? "" : JSON.stringify(data) }));
  };
  const write = (text: string): void => {
    const plain = text.replaceAll("\r", "");
    if (subprotocol === "plain") sendText(plain);
    else sendBinary(encoder.encode(plain.replaceAll("\n", "\r\n")));
  };
  const receiveLines = (text: string): void => {
    const typed = text.split(/\r\n|\r\0|\n|\r/u);
    if (typed.length > 1 && typed.at(-1) === "") typed.pop();
    for (const line of typed.map(cleanLine)) {
      if (line.length > lineLength) handlers.tooLongLine();
      else handlers.line(line);
    }
  };
  const receiveMessage = (message: GmcpMessage | undefined): void => {
    if (message !== undefined && !client.receive(message, gmcp)) handlers.message(message.package, message.data);
  };
  const receiveEnvelope = (text: string): void => {
    const envelope = readEnvelope(text);
    if (envelope?.proto === "gmcp") receiveMessage(parseGmcp(`${envelope.id ?? ""} ${envelope.data}`));
    else if (envelope?.proto === "text") receiveLines(envelope.data);
  };

  return {
    text: write,
    prompt: write,
    hideTyping: (hidden) => gmcp("Aethyr.Typing", { hidden } satisfies Json),
    gmcp,
    screen: () => ({ width: undefined, height: undefined, client: client.name(), gmcp: hasGmcp, colour: subprotocol !== "plain" }),
    probe: ping,
    mustAnswerProbes: () => true,
    receive(bytes, isBinary) {
      const text = decoder.decode(bytes);
      if (isBinary || !hasGmcp) receiveLines(text);
      else if (subprotocol === "gmcp.mudstandards.org") receiveMessage(parseGmcp(text));
      else receiveEnvelope(text);
    },
  };
}

function readEnvelope(text: string): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: not an envelope.
    return undefined;
  }
}
