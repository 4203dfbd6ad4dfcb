import { code, type Verb } from "./codes.ts";

/** What the bytes of a telnet stream turn out to be. */
export type ParsedBytes = {
  /** Bytes that were typed; a doubled IAC comes as one 255. */
  data(bytes: Uint8Array): void;
  /** A command without parameters; of unknown ones too. */
  command(code: number): void;
  negotiation(verb: Verb, option: number): void;
  /** A whole subnegotiation; one over the bound, or one broken off by another command, never comes. */
  subnegotiation(option: number, payload: Uint8Array): void;
};

const verbs: ReadonlyMap<number, Verb> = new Map([
  [code.WILL, "will"],
  [code.WONT, "wont"],
  [code.DO, "do"],
  [code.DONT, "dont"],
]);

/**
 * Takes telnet apart byte by byte: how the bytes were cut into chunks changes nothing, and no bytes make it throw. It keeps at most
 * `maxSubnegotiationBytes`. What comes after an opened subnegotiation is never taken for typing, however long it is: it ends where its sender
 * ends it.
 */
export function createByteParser(sink: ParsedBytes, maxSubnegotiationBytes: number): (bytes: Uint8Array) => void {
  let state: "data" | "iac" | "verb" | "option" | "payload" | "payload iac" = "data";
  let verb: Verb = "will";
  let option = 0;
  let payload: number[] = [];
  let tooLong = false;

  const keep = (byte: number): void => {
    if (payload.length < maxSubnegotiationBytes) payload.push(byte);
    else tooLong = true;
  };
  const begin = (): void => {
    state = "option";
    payload = [];
    tooLong = false;
  };
  const afterIac = (byte: number): void => {
    const named = verbs.get(byte);
    state = "data";
    if (byte === code.IAC) sink.data(Uint8Array.of(byte));
    else if (byte === code.SB) begin();
    else if (named === undefined) sink.command(byte);
    else {
      verb = named;
      state = "verb";
    }
  };
  const afterPayloadIac = (byte: number): void => {
    state = "payload";
    if (byte === code.IAC) return keep(byte);
    const whole = payload;
    payload = [];
    if (byte !== code.SE) return afterIac(byte);
    state = "data";
    if (!tooLong) sink.subnegotiation(option, Uint8Array.from(whole));
  };

  const step = (byte: number): void => {
    switch (state) {
      case "data":
        state = "iac";
        break;
      case "iac":
        afterIac(byte);
        break;
      case "verb":
        state = "data";
        sink.negotiation(verb, byte);
        break;
      case "option":
        option = byte;
        state = "payload";
        break;
      case "payload":
        if (byte === code.IAC) state = "payload iac";
        else keep(byte);
        break;
      case "payload iac":
        afterPayloadIac(byte);
    }
  };

  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (state === "data") {
        // What is typed goes on in one piece up to the next command: nearly all bytes are that.
        const next = bytes.indexOf(code.IAC, at);
        const end = next === -1 ? bytes.length : next;
        if (end > at) sink.data(bytes.subarray(at, end));
        at = end;
      }
      const byte = bytes[at];
      if (byte !== undefined) step(byte);
    }
  };
}
