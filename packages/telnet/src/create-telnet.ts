import { createByteParser } from "./parse-bytes.ts";
import { createCharset } from "./charset.ts";
import { cleanLine } from "./clean-line.ts";
import { code, option, verbCodes } from "./codes.ts";
import { createTextCoding, decodeUtf8, type Encoding } from "./encoding.ts";
import { createGmcpClient, formatGmcp, parseGmcp, type GmcpMessage } from "./gmcp.ts";
import { createLineReader } from "./line-reader.ts";
import { createNegotiation } from "./negotiation.ts";
import { formatStatus, type GameStatus } from "./status.ts";
import { createTerminalTypes } from "./terminal-types.ts";

/** What is known of the other side's screen; it may change at any time. */
export type TelnetScreen = {
  /** Columns and rows; undefined where the client does not say. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly client: string | undefined;
  readonly gmcp: boolean;
  readonly colour: boolean;
  readonly encoding: Encoding;
};

export type TelnetHandlers = {
  /** Bytes for the other side, already escaped. */
  readonly send: (bytes: Uint8Array) => void;
  /** A line as it was typed, decoded, without its end, control characters taken out. */
  readonly onLine: (line: string) => void;
  /** A line over the limit; nothing else comes of it. Called as soon as it is over. */
  readonly onTooLong: () => void;
  /** A message of GMCP that is not about the connection itself. */
  readonly onGmcp: (message: GmcpMessage) => void;
};

export type TelnetOptions = {
  /** Characters (UTF-16 units) of a line. */
  readonly maxLineLength: number;
  readonly maxSubnegotiationBytes: number;
  /** What is told to lists of games that ask by MSSP; undefined offers no MSSP. */
  readonly status: (() => GameStatus) | undefined;
};

export const defaultTelnetOptions: TelnetOptions = { maxLineLength: 1_000, maxSubnegotiationBytes: 8_192, status: undefined };

/** The server's end of one telnet connection, without the socket: bytes in, lines and messages out, and the other way. */
export type Telnet = {
  /** Offers and asks for options. Called once, first. */
  open(): void;
  /** Takes what came, in pieces of any size. Handlers are called from within, in the order of the bytes; no bytes make it throw. */
  receive(bytes: Uint8Array): void;
  /** Text with `\n` at the ends of its lines. */
  text(text: string): void;
  /** What stands before the place where the person types, with the mark that the client knows: end of record, go ahead, or none. */
  prompt(text: string): void;
  /** Takes over the echo, so that what is typed is not seen, and gives it back. */
  hideTyping(hidden: boolean): void;
  /** Does nothing where the client does not understand GMCP, or not this package. */
  gmcp(name: string, data: unknown): void;
  /** Asks for a sign of life (RFC 860), which every telnet should give; not where the other side never spoke telnet. */
  probe(): void;
  /** How many probes were answered. Some clients answer none, or the first only. */
  signsOfLife(): number;
  screen(): TelnetScreen;
};

/** Answers to requests of the other side over the life of a connection: far over what a client needs, and an end for one that never stops. */
const maxAnswers = 10_000;
/** Of UTF-8 for one UTF-16 unit. */
const maxBytesPerUnit = 3;

export function createTelnet(handlers: TelnetHandlers, options: TelnetOptions = defaultTelnetOptions): Telnet {
  const us = new Set<number>([option.SGA, option.EOR, option.CHARSET, option.GMCP, ...(options.status === undefined ? [] : [option.MSSP])]);
  const them = new Set<number>([option.SGA, option.TTYPE, option.NAWS, option.CHARSET]);
  const coding = createTextCoding();
  const client = createGmcpClient();
  const done = new Set<string>();
  let width: number | undefined;
  let height: number | undefined;
  let speaksTelnet = false;
  let isProbing = false;
  let signsOfLife = 0;

  const sendSub = (number: number, payload: Uint8Array): void => {
    handlers.send(Uint8Array.from([code.IAC, code.SB, number, ...escaped(payload), code.IAC, code.SE]));
  };
  const askType = (): void => sendSub(option.TTYPE, Uint8Array.of(1));
  const types = createTerminalTypes(askType);
  const charset = createCharset((payload) => sendSub(option.CHARSET, payload), coding.agree);
  /** However often an option is switched on again, what goes with it happens once. */
  const once = (what: string, act: () => void): void => {
    if (done.has(what)) return;
    done.add(what);
    act();
  };

  const negotiation = createNegotiation({
    maxAnswers,
    send: (verb, number) => handlers.send(Uint8Array.of(code.IAC, verbCodes[verb], number)),
    agrees: (side, number) => (side === "us" ? us : them).has(number),
    changed(side, number, on) {
      if (!on) return;
      if (side === "them" && number === option.TTYPE) once("types", askType);
      if (side === "us" && number === option.CHARSET) charset.request();
      if (side === "us" && number === option.MSSP) once("status", () => sendSub(option.MSSP, formatStatus(options.status?.() ?? {})));
    },
  });

  const write = (text: string): void => handlers.send(escaped(coding.encode(text.replaceAll("\r", "").replaceAll("\n", "\r\n"))));
  const gmcp = (name: string, data: unknown): void => {
    if (!negotiation.isOn("us", option.GMCP) || !client.wants(name)) return;
    sendSub(option.GMCP, utf8.encode(formatGmcp(name, data)));
  };
  const receiveGmcp = (payload: Uint8Array): void => {
    const message = parseGmcp(decodeUtf8(payload) ?? "");
    if (message !== undefined && !client.receive(message, gmcp)) handlers.onGmcp(message);
  };

  const lines = createLineReader({
    maxBytes: options.maxLineLength * maxBytesPerUnit,
    onLine(bytes) {
      // Whoever takes over the echo also moves the cursor on; the client does not, the line being unseen.
      if (negotiation.isOn("us", option.ECHO)) write("\n");
      const line = cleanLine(coding.decode(bytes));
      if (line.length > options.maxLineLength) handlers.onTooLong();
      else handlers.onLine(line);
    },
    onTooLong: handlers.onTooLong,
  });

  const receive = createByteParser(
    {
      data: lines.receive,
      command(command) {
        speaksTelnet = true;
        if (command === code.EC) lines.eraseCharacter();
        if (command === code.EL || command === code.IP || command === code.BRK) lines.eraseLine();
        if (command === code.AYT) write("[yes]\n");
      },
      negotiation(verb, number) {
        speaksTelnet = true;
        // Nothing is ever switched on by this option: WILL and WONT are the sign of life that was asked for, and call for no answer.
        if (number !== option.TIMING_MARK || verb === "do" || verb === "dont") negotiation.receive(verb, number);
        else if (isProbing) {
          isProbing = false;
          signsOfLife += 1;
        }
      },
      subnegotiation(number, payload) {
        speaksTelnet = true;
        if (number === option.NAWS && payload.length === 4) {
          width = cellsAt(payload, 0);
          height = cellsAt(payload, 2);
        }
        // 0 is IS, as only the asked side sends it.
        if (number === option.TTYPE && payload[0] === 0 && done.has("types"))
          types.receive(String.fromCharCode(...payload.subarray(1, 200)));
        if (number === option.CHARSET) charset.receive(payload);
        if (number === option.GMCP && negotiation.isOn("us", option.GMCP)) receiveGmcp(payload);
      },
    },
    options.maxSubnegotiationBytes,
  );

  return {
    open() {
      for (const number of [option.TTYPE, option.NAWS]) negotiation.want("them", number, true);
      // SGA is only ever agreed to: where it is on, the classic telnet programs send each key by itself.
      for (const number of us) if (number !== option.SGA) negotiation.want("us", number, true);
    },
    receive,
    text: write,
    prompt(text) {
      write(text);
      if (negotiation.isOn("us", option.EOR)) handlers.send(Uint8Array.of(code.IAC, code.EOR));
      else if (speaksTelnet && !negotiation.isOn("us", option.SGA)) handlers.send(Uint8Array.of(code.IAC, code.GA));
    },
    hideTyping: (hidden) => negotiation.want("us", option.ECHO, hidden),
    gmcp,
    probe() {
      if (!speaksTelnet) return;
      isProbing = true;
      handlers.send(Uint8Array.of(code.IAC, code.DO, option.TIMING_MARK));
    },
    signsOfLife: () => signsOfLife,
    screen: () => ({
      width,
      height,
      client: client.name() ?? types.client(),
      gmcp: negotiation.isOn("us", option.GMCP),
      colour: types.colour(),
      encoding: coding.encoding(),
    }),
  };
}

const utf8 = new TextEncoder();

/** A number of columns or rows; 0 is how a client says that it does not know. */
function cellsAt(payload: Uint8Array, at: number): number | undefined {
  const cells = (payload[at] ?? 0) * 256 + (payload[at + 1] ?? 0);
  return cells === 0 ? undefined : cells;
}

/** With each byte 255 doubled, since it is IAC. */
function escaped(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(code.IAC)) return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === code.IAC ? [byte, byte] : [byte])));
}
