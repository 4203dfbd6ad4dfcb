/** Commands of telnet that come after IAC (RFC 854, RFC 885). */
export const code = {
  EOR: 239,
  SE: 240,
  BRK: 243,
  IP: 244,
  AYT: 246,
  /** Erase character, erase line: what a client in character mode may send for them. */
  EC: 247,
  EL: 248,
  GA: 249,
  SB: 250,
  WILL: 251,
  WONT: 252,
  DO: 253,
  DONT: 254,
  IAC: 255,
} as const;

/** Options that are spoken of here, by their registered numbers; MSSP and GMCP are conventions of games. */
export const option = {
  ECHO: 1,
  SGA: 3,
  TIMING_MARK: 6,
  TTYPE: 24,
  EOR: 25,
  NAWS: 31,
  CHARSET: 42,
  MSSP: 70,
  GMCP: 201,
} as const;

export type Verb = "will" | "wont" | "do" | "dont";

export const verbCodes: Readonly<Record<Verb, number>> = { will: code.WILL, wont: code.WONT, do: code.DO, dont: code.DONT };
