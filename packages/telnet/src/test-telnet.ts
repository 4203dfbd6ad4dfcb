import { code, verbCodes, type Verb } from "./codes.ts";
import { createTelnet, defaultTelnetOptions, type Telnet, type TelnetOptions } from "./create-telnet.ts";
import type { GmcpMessage } from "./gmcp.ts";

/** A server's end, opened, with everything that it says and hears. */
export type Overheard = {
  readonly telnet: Telnet;
  readonly lines: string[];
  readonly messages: GmcpMessage[];
  tooLong(): number;
  /** All bytes sent since it was asked last, one byte one character. */
  sent(): string;
  receive(...parts: readonly (string | Uint8Array)[]): void;
};

export function overhear(options: Partial<TelnetOptions> = {}): Overheard {
  const [lines, messages]: [string[], GmcpMessage[]] = [[], []];
  let sent = "";
  let tooLong = 0;
  const telnet = createTelnet(
    {
      send: (bytes) => {
        sent += asText(bytes);
      },
      onLine: (line) => lines.push(line),
      onTooLong: () => {
        tooLong += 1;
      },
      onGmcp: (message) => messages.push(message),
    },
    { ...defaultTelnetOptions, ...options },
  );
  telnet.open();
  return {
    telnet,
    lines,
    messages,
    tooLong: () => tooLong,
    sent() {
      const all = sent;
      sent = "";
      return all;
    },
    receive: (...parts) => parts.forEach((part) => telnet.receive(typeof part === "string" ? bytesOf(part) : part)),
  };
}

/** One character, one byte. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** UTF-8, as one character a byte. */
export function inUtf8(text: string): string {
  return asText(new TextEncoder().encode(text));
}

export function asText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

export function negotiated(verb: Verb, option: number): string {
  return asText(Uint8Array.of(code.IAC, verbCodes[verb], option));
}

export function subnegotiation(option: number, payload: string): string {
  return `\u00ff\u00fa${String.fromCharCode(option)}${payload.replaceAll("\u00ff", "\u00ff\u00ff")}\u00ff\u00f0`;
}
