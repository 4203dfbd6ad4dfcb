import { UnreadableEventError } from "@aethyr/kernel";
import type { Clock } from "../clock.ts";
import type { Credentials } from "../credentials.ts";
import { CredentialsBusyError, type Busy } from "../errors.ts";
import type { GatewayLog } from "../../log.ts";
import { networkOf } from "../../network.ts";
import { pause } from "../pause.ts";
import { createOneAtATime } from "./one-at-a-time.ts";

/** That neither can be said nor done now, and what to tell the person. */
type Unavailable = { readonly kind: "unavailable"; readonly text: string };
export type PasswordVerdict = { readonly kind: "right" } | { readonly kind: "wrong" } | Unavailable;
export type PasswordHashed = { readonly kind: "hashed"; readonly hash: string } | Unavailable;

/** Who types a password: the player that they are or want to be, and where they come from. */
export type Typist = { readonly playerId: string; readonly remote: string };

/** Looks at passwords, and lets those wait who try wrong ones. Never rejects. */
export type PasswordGuard = {
  /** Whether it is the player's. A wrong one is answered late, and later each time; until then others of that address do not try that player. */
  check(typist: Typist, password: string): Promise<PasswordVerdict>;
  /** What a new one is kept as. */
  hash(typist: Typist, password: string): Promise<PasswordHashed>;
};

/** Names whose wrong tries are remembered; beyond that the oldest are forgotten. */
const remembered = 10_000;
const mostDoublings = 5;
/** Of one address, beside the one who tries now. */
const waitingForOnePlayer = 2;

const turnedAway: Readonly<Record<Busy, string>> = {
  address: "Too many people are arriving from where you are. Try again in a moment.",
  player: "Others are trying to be that person just now. Try again in a moment.",
  all: "Too many people are arriving at once. Try again in a moment.",
};

export function createPasswordGuard(parts: {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly wrongPasswordMs: number;
  /** Nobody waits any more, and nothing is looked at. */
  readonly signal: AbortSignal;
}): PasswordGuard {
  const { credentials, clock, log, wrongPasswordMs, signal } = parts;
  const wrong = new Map<string, number>();
  const inTurn = createOneAtATime({ waiting: waitingForOnePlayer });
  const unavailable = (error: unknown, what: string, player: string): Unavailable => {
    if (error instanceof CredentialsBusyError) return { kind: "unavailable", text: turnedAway[error.busy] };
    if (error instanceof UnreadableEventError) {
      log.warn({ err: error, player }, `a password could not be ${what}`);
      return { kind: "unavailable", text: "Your character cannot be read by this world as it runs now. Its keepers know more." };
    }
    log.error({ err: error, player }, `a password could not be ${what}`);
    return { kind: "unavailable", text: `Your password cannot be ${what} now. Try again in a while.` };
  };

  async function look(playerId: string, address: string, password: string): Promise<PasswordVerdict> {
    if (signal.aborted) return { kind: "unavailable", text: turnedAway.all };
    if (await credentials.verify(playerId, password, address)) {
      wrong.delete(playerId);
      return { kind: "right" };
    }
    const before = wrong.get(playerId) ?? 0;
    wrong.delete(playerId);
    wrong.set(playerId, before + 1);
    const oldest = wrong.keys().next().value;
    if (wrong.size > remembered && oldest !== undefined) wrong.delete(oldest);
    await pause(wrongPasswordMs * 2 ** Math.min(before, mostDoublings), clock, signal);
    return { kind: "wrong" };
  }

  return {
    async check({ playerId, remote }, password) {
      const address = networkOf(remote);
      try {
        // Else many connections try many passwords while the first wrong one is still to be answered.
        return await inTurn(`${playerId} ${address}`, () => look(playerId, address, password));
      } catch (error) {
        return unavailable(error, "looked at", playerId);
      }
    },
    async hash({ playerId, remote }, password) {
      try {
        return { kind: "hashed", hash: await credentials.hash(password, { address: networkOf(remote), player: playerId }) };
      } catch (error) {
        return unavailable(error, "kept", playerId);
      }
    },
  };
}
