import { once } from "node:events";
import { formatGmcp } from "@aethyr/telnet";
import { WebSocket } from "ws";
import { createTranscript, readJson, type ScriptedClient } from "./scripted-client.ts";

export type WebSocketClientOptions = {
  readonly host?: string;
  readonly port: number;
  /** What it offers to speak, in this order; nothing is plain text. `telnet.mudstandards.org` is a matter for `connectTelnet`'s kind. */
  readonly protocols?: readonly string[];
  /** As a browser says which page it shows. */
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Connects a scripted player by WebSocket. Rejects where the server turns it down before it is one. */
export async function connectWebSocket(options: WebSocketClientOptions): Promise<ScriptedClient & { readonly protocol: string }> {
  const { host = "127.0.0.1", port, protocols = [], origin, headers = {} } = options;
  let isDead = false;
  const webSocket = new WebSocket(`ws://${host}:${port}/`, [...protocols], {
    ...(origin === undefined ? {} : { origin }),
    headers,
    autoPong: false,
    perMessageDeflate: false,
  });
  const transcript = createTranscript(`the WebSocket client on port ${port}`);
  const text = new TextDecoder("utf-8");
  let isTypingHidden = false;

  const message = (name: string, json: string): void => {
    const data = readJson(json);
    if (name === "Aethyr.Typing") isTypingHidden = (data as { hidden: boolean }).hidden;
    transcript.message(name, data);
  };
  webSocket.on("ping", (data) => {
    if (!isDead) webSocket.pong(data);
  });
  webSocket.on("message", (raw: Buffer, isBinary) => {
    const content = text.decode(raw);
    if (isBinary || webSocket.protocol === "" || webSocket.protocol === "terminal.mudstandards.org") transcript.text(content);
    else if (webSocket.protocol === "json.mudstandards.org") {
      const envelope = JSON.parse(content) as { id: string; data: string };
      message(envelope.id, envelope.data);
    } else {
      const [, name = "", json = ""] = /^(\S+)\s*(.*)$/su.exec(content) ?? [];
      message(name, json);
    }
  });
  const opened = once(webSocket, "open");
  webSocket.on("close", (code) => transcript.end(code));
  await opened;
  // From here on, how it ended is told by "close", which follows.
  webSocket.on("error", () => webSocket.terminate());

  const isText = webSocket.protocol === "";
  const type = (line: string): void => webSocket.send(isText ? line : Buffer.from(line));
  const { skip, ...waits } = transcript.waits;
  return {
    ...waits,
    protocol: webSocket.protocol,
    send: type,
    sendBytes: (bytes) => webSocket.send(bytes, { binary: true }),
    sendGmcp(name, data) {
      if (webSocket.protocol !== "json.mudstandards.org") return webSocket.send(formatGmcp(name, data));
      webSocket.send(JSON.stringify({ proto: "gmcp", id: name, data: data === undefined ? "" : JSON.stringify(data) }));
    },
    async ask(line, expected, timeoutMs) {
      skip();
      type(line);
      return waits.waitFor(expected, timeoutMs);
    },
    isTypingHidden: () => isTypingHidden,
    prompts: () => 0,
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    playDead() {
      isDead = true;
    },
    close: () => webSocket.close(),
    disconnect: () => webSocket.terminate(),
  };
}
