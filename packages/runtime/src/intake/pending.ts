import type { Fence } from "@aethyr/event-store";
import type { CommandKind } from "@aethyr/kernel";
import type { CommandEnvelope, Refused, Reply } from "@aethyr/protocol";
import type { Hosted } from "../actors/hosted.ts";

/** A command of the domain, with its data as its schema gave them. */
export type Input = { readonly command: CommandKind; readonly data: unknown };

/** What sealing a command's secrets came to. */
export type SealedInput = { readonly input: Input } | { readonly refusal: Refused };

/** A command that a host has taken and not yet answered. */
export type Pending = {
  readonly envelope: CommandEnvelope;
  /** In whose mailbox it is: its target's, or for another host that of the aggregate which is fought over. */
  readonly target: Hosted;
  /** Under which this host had it when it came; undefined where it has the world to itself. Once that is lost the command is given back. */
  readonly fence: Fence | undefined;
  /** The fence of the other host that asked for it; undefined for a command of this host's own. */
  readonly onBehalf: Fence | undefined;
  /** Its lane keeps it until it is dealt with: it is not answered with "try again", the host tries again itself. */
  readonly persistent: boolean;
  /** Its sender has sent it before: another copy may be on its way. */
  readonly again: boolean;
  readonly receivedAtMs: number;
  readonly resolve: (reply: Reply) => void;
  /** What to decide on, with stand-ins for secrets that are not sealed yet; undefined where there is nothing to decide, see `refusal`. */
  input: Input | undefined;
  /** Seals its secrets, never rejects; undefined where it has none, or they are sealed. */
  seal: (() => Promise<SealedInput>) | undefined;
  /** They are being sealed: until then it is nobody's turn. */
  sealing: boolean;
  /** It can have no effect any more: this is its answer when its turn comes, unless it took effect before. */
  refusal: Refused | undefined;
  /** An aggregate that it waited for and that cannot be loaded: its answer, if it still needs that one when its turn comes. */
  failure: { readonly of: Hosted; readonly error: unknown } | undefined;
  /** How often others overtook it and it had to be decided again. */
  attempts: number;
  /** A transaction that it was in was refused whole: it goes into one of its own, so that it fails nobody else. */
  alone: boolean;
  /** How often another host was asked to decide it. */
  asks: number;
  answered: boolean;
};

/** A command whose turn it can be. */
export type Ready = Pending & { readonly input: Input };

type Beginning = Pick<Pending, "envelope" | "target" | "fence" | "receivedAtMs" | "resolve" | "input"> &
  Partial<Pick<Pending, "persistent" | "again" | "onBehalf" | "seal" | "refusal">>;

export const newPending = (the: Beginning): Pending => ({
  persistent: false,
  again: false,
  onBehalf: undefined,
  seal: undefined,
  refusal: undefined,
  ...the,
  sealing: false,
  failure: undefined,
  attempts: 0,
  alone: false,
  asks: 0,
  answered: false,
});
