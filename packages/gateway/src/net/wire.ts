import type { Json } from "@aethyr/kernel";
import type { ConnectionEnd, Screen } from "../connection.ts";

/** How a protocol says things, and knows what the other side is. */
export type Protocol = {
  text(text: string): void;
  prompt(text: string): void;
  hideTyping(hidden: boolean): void;
  gmcp(name: string, data: Json | undefined): void;
  screen(): Screen;
  /** Asks for a sign of life. */
  probe(): void;
  /** Whether silence after a probe means that nobody is there. */
  mustAnswerProbes(): boolean;
};

/** What carries the bytes. */
export type Carrier = {
  /** Bytes that were given to it and that the other side has not taken. */
  backlog(): number;
  /** Bytes that have left this process; only ever more. */
  flushed(): number;
  /** Leaves what comes to wait in the network, until told otherwise. */
  pause(): void;
  resume(): void;
  /** Ends it when all is written. */
  end(): void;
  /** Ends it at once. */
  drop(): void;
};

export type Wire = Protocol & Carrier;

/** Where a wire tells what comes over it. */
export type WireHandlers = {
  /** So many bytes; 0 for a sign of life without any. */
  bytes(count: number): void;
  line(line: string): void;
  tooLongLine(): void;
  /** Data as JSON has it, or undefined. */
  message(name: string, data: unknown): void;
  /** The other side ended it, or is not there any more. */
  ended(why: ConnectionEnd): void;
  /** Nothing is left of it. */
  gone(): void;
};
