import type { Json } from "@aethyr/kernel";

/** What is known of a person's screen; it may change while they are connected. */
export type Terminal = {
  /** Columns and rows; undefined where the client does not say. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** As the client names itself, such as `Mudlet`; undefined where it does not. */
  readonly client: string | undefined;
  /** Whether the client understands GMCP messages. */
  readonly gmcp: boolean;
  /** Whether colours may be used. */
  readonly colour: boolean;
};

/** One message of GMCP: a package name such as `Room.Info`, and its data. */
export type GmcpMessage = { readonly package: string; readonly data: Json | undefined };

/** Why a connection ended. */
export type ConnectionEnd = "left" | "lost" | "closed" | "too_slow" | "flooded";

export type ConnectionHandlers = {
  /** A line as it was typed, decoded, without its end, control characters taken out; up to 1,000 characters. */
  readonly onLine: (line: string) => void;
  readonly onGmcp?: (message: GmcpMessage) => void;
  /** Called once, and never from within a call of the connection's own; no line comes after it, and what is written then is nothing. */
  readonly onEnd: (why: ConnectionEnd) => void;
};

/** One person's connection, whatever it speaks. The game writes and reads lines here and knows no protocol. */
export type Connection = {
  /** Unique in this process. */
  readonly id: string;
  readonly protocol: "telnet" | "websocket";
  /** Address of the other side, for logs and limits. */
  readonly remote: string;
  terminal(): Terminal;
  /** Takes lines from now on; those that were typed before wait. Called once. */
  start(handlers: ConnectionHandlers): void;
  /**
   * Text with `\n` at the ends of its lines. Never waits: what the other side does not read is kept up to a bound, past which the connection
   * ends as `too_slow`.
   */
  write(text: string): void;
  /** What stands before the place where the person types, marked as a prompt for clients that know prompts. */
  prompt(text: string): void;
  /** Whether what is typed stays unseen on the screen (for a password). */
  hideTyping(hidden: boolean): void;
  /** Does nothing where the client does not understand GMCP. */
  gmcp(message: GmcpMessage): void;
  /** Writes a last text, if any, and ends the connection as `closed`. */
  close(text?: string): void;
};
