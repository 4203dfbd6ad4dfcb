import type { Ref } from "@aethyr/kernel";
import type { Lane } from "./places.ts";

/** What a command needs to be sent, and to be sent again as the same. */
export type Prepared = { readonly id: string; readonly target: Ref; readonly bytes: Uint8Array };

/** A reply, as far as the load is concerned. */
export type Told = { readonly code: string; readonly position: number; readonly message: string };

/** Who sends commands on a connection of its own: as a game node does, or with nothing but what the floor needs. */
export type Sender = {
  readonly create: (target: Ref) => Prepared;
  /** Its event is one that the thing never had. */
  readonly note: (target: Ref) => Prepared;
  /** Sends once. What went wrong on the way is a reply too, of code `unavailable`. */
  send(lane: Lane, command: Prepared, timeoutMs: number): Promise<Told>;
  /** Told the position of each event as it comes on the feed. */
  follow(onEvent: (position: number) => void): Promise<{ close(): Promise<void> }>;
  check(): Promise<string>;
  close(): Promise<void>;
};

/** A command was refused, or nobody took it for too long: what was measured is not what was meant. */
class NotTakenError extends Error {
  readonly code = "not_taken";
}

const patienceMs = 60_000;
const pauseMs = 10;
/** After which the same command may be sent again. */
const again: ReadonlySet<string> = new Set(["unavailable", "busy", "outcome_unknown"]);

/** Sends a command until it is accepted, always under the same id. Resolves with its position and how often it was sent before that. */
export async function untilAccepted(
  sender: Sender,
  { lane, command, timeoutMs = 10_000 }: { readonly lane: Lane; readonly command: Prepared; readonly timeoutMs?: number },
): Promise<{ readonly position: number; readonly again: number }> {
  const untilMs = performance.now() + patienceMs;
  for (let times = 0; ; times += 1) {
    const { code, position, message } = await sender.send(lane, command, timeoutMs);
    if (code === "accepted") return { position, again: times };
    if (!again.has(code) || performance.now() > untilMs) throw new NotTakenError(`${command.id} was answered ${code}: ${message}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
