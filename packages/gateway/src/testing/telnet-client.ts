import { once } from "node:events";
import { connect } from "node:net";
import { code, createByteParser, formatGmcp, option, verbCodes, type Verb } from "@aethyr/telnet";
import { createTranscript, readJson, type ScriptedClient } from "./scripted-client.ts";

export type TelnetClientOptions = {
  readonly host?: string;
  readonly port: number;
  /** False answers no negotiation and sends none, as a plain TCP program. */
  readonly telnet?: boolean;
  readonly gmcp?: boolean;
  /** Columns and rows. */
  readonly window?: readonly [number, number];
  /** What it answers when asked for its terminal, in this order; the last one again and again. */
  readonly names?: readonly string[];
};

/** Connects a scripted player by telnet, one that negotiates as MUD clients do. */
export async function connectTelnet(options: TelnetClientOptions): Promise<ScriptedClient> {
  const { host = "127.0.0.1", port, telnet = true, gmcp = false, window, names = [] } = options;
  const socket = connect(port, host);
  await once(socket, "connect");
  socket.setNoDelay(true);
  const transcript = createTranscript(`the telnet client on port ${port}`);
  const text = new TextDecoder("utf-8");
  const on = new Set<string>();
  let prompts = 0;
  let asked = 0;
  let isDead = false;

  const send = (...bytes: readonly number[]): void => {
    if (socket.writable) socket.write(Uint8Array.from(bytes));
  };
  const sendSub = (number: number, payload: Uint8Array): void => {
    const escaped = [...payload].flatMap((byte) => (byte === code.IAC ? [byte, byte] : [byte]));
    send(code.IAC, code.SB, number, ...escaped, code.IAC, code.SE);
  };
  const wants = (verb: Verb, number: number): boolean => {
    if (verb === "will")
      return number === option.ECHO || number === option.EOR || number === option.CHARSET || (number === option.GMCP && gmcp);
    return (number === option.NAWS && window !== undefined) || (number === option.TTYPE && names.length > 0);
  };
  /** Each request gets an answer, unless it is so already; and nothing else does. */
  const answer = (verb: Verb, number: number): void => {
    const isOurs = verb === "do" || verb === "dont";
    const key = `${isOurs ? "us" : "them"} ${number}`;
    const agreed = (verb === "will" || verb === "do") && wants(verb, number);
    if (on.has(key) === agreed && (verb === "wont" || verb === "dont" || agreed)) return;
    if (agreed) on.add(key);
    else on.delete(key);
    const said: Verb = isOurs ? (agreed ? "will" : "wont") : agreed ? "do" : "dont";
    send(code.IAC, verbCodes[said], number);
    if (agreed && number === option.NAWS && window !== undefined)
      sendSub(number, Uint8Array.from(window.flatMap((cells) => [cells >> 8, cells & 255])));
  };
  const receive = createByteParser(
    {
      data: (bytes) => transcript.text(text.decode(bytes, { stream: true })),
      command(command) {
        if (command === code.GA || command === code.EOR) prompts += 1;
      },
      negotiation(verb, number) {
        if (!telnet) return;
        if (number !== option.TIMING_MARK) answer(verb, number);
        else if (!isDead) send(code.IAC, code.WILL, number);
      },
      subnegotiation(number, payload) {
        if (!telnet) return;
        if (number === option.TTYPE) {
          sendSub(number, Uint8Array.from([0, ...Buffer.from(names[Math.min(asked, names.length - 1)] ?? "")]));
          asked += 1;
        }
        if (number === option.CHARSET && payload[0] === 1) sendSub(number, Uint8Array.from([2, ...Buffer.from("UTF-8")]));
        if (number === option.GMCP) {
          const [, name = "", json = ""] = /^(\S+)\s*(.*)$/su.exec(Buffer.from(payload).toString()) ?? [];
          transcript.message(name, readJson(json));
        }
      },
    },
    1_024 * 1_024,
  );

  socket.on("data", receive);
  // How it ended is told by "close", which follows.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => transcript.end(0));
  const type = (line: string): void => {
    if (socket.writable) socket.write(`${line}\r\n`);
  };
  const { skip, ...waits } = transcript.waits;
  return {
    ...waits,
    send: type,
    sendBytes: (bytes) => void (socket.writable && socket.write(bytes)),
    sendGmcp: (name, data) => sendSub(option.GMCP, new TextEncoder().encode(formatGmcp(name, data))),
    async ask(line, expected, timeoutMs) {
      skip();
      type(line);
      return waits.waitFor(expected, timeoutMs);
    },
    isTypingHidden: () => on.has(`them ${option.ECHO}`),
    prompts: () => prompts,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    playDead() {
      isDead = true;
    },
    close: () => void socket.end(),
    disconnect: () => void socket.resetAndDestroy(),
  };
}
