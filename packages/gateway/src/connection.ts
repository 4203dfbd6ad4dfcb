import type { Json } from "@aethyr/kernel";
import type { GmcpMessage as AnyGmcpMessage } from "@aethyr/telnet";

/** What is known of a person's screen; it may change while they are connected. */
export type Screen = {
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
export type GmcpMessage = AnyGmcpMessage<Json | undefined>;

/** Why a connection ended. */
export type ConnectionEnd = "left" | "lost" | "closed" | "too_slow" | "flooded";

/** One person's connection, whatever it speaks. The game writes and reads lines here and knows no protocol. */
export type Connection = {
  /** Unique in this process. */
  readonly id: string;
  readonly protocol: "telnet" | "websocket";
  /** Address of the other side, for logs and limits. */
  readonly remote: string;
  screen(): Screen;
  /**
   * The next line as it was typed, decoded, without its end, control characters taken out; up to 1,000 characters. Lines that nobody has asked
   * for yet wait, up to a bound. Asked for once more before it has come, it is the same one. Rejects with `connection_ended`, never from
   * within another call of the connection's own; no line comes after that, and what is written then is nothing.
   */
  nextLine(): Promise<string>;
  /** Called for each GMCP message from now on, instead of a handler given earlier; before there is one, messages are passed over. */
  onGmcp(handler: (message: GmcpMessage) => void): void;
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
