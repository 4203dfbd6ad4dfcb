import { UnreadableEventError } from "@aethyr/kernel";
import type { Clock } from "../clock.ts";
import type { Credentials } from "../credentials.ts";
import { CredentialsBusyError } from "../errors.ts";
import type { GatewayLog } from "../../log.ts";

/** That neither can be said nor done now, and what to tell the person. */
type Unavailable = { readonly kind: "unavailable"; readonly text: string };
export type PasswordVerdict = { readonly kind: "right" } | { readonly kind: "wrong" } | Unavailable;
export type PasswordHashed = { readonly kind: "hashed"; readonly hash: string } | Unavailable;

/** Looks at passwords, and lets those wait who try wrong ones. Never rejects. */
export type PasswordGuard = {
  /** Whether it is the player's. A wrong one is answered late, and later each time. */
  check(playerId: string, password: string): Promise<PasswordVerdict>;
  /** What a new one is kept as. */
  hash(password: string): Promise<PasswordHashed>;
};

/** Names whose wrong tries are remembered; beyond that the oldest are forgotten. */
const remembered = 10_000;
const mostDoublings = 5;

export function createPasswordGuard(parts: {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly wrongPasswordMs: number;
}): PasswordGuard {
  const { credentials, clock, log, wrongPasswordMs } = parts;
  const wrong = new Map<string, number>();
  const unavailable = (error: unknown, what: string, player?: string): Unavailable => {
    if (error instanceof CredentialsBusyError)
      return { kind: "unavailable", text: "Too many people are arriving at once. Try again in a moment." };
    if (error instanceof UnreadableEventError) {
      log.warn({ err: error, player: player ?? null }, `a password could not be ${what}`);
      return { kind: "unavailable", text: "Your character cannot be read by this world as it runs now. Its keepers know more." };
    }
    log.error({ err: error, player: player ?? null }, `a password could not be ${what}`);
    return { kind: "unavailable", text: `Your password cannot be ${what} now. Try again in a while.` };
  };

  return {
    async check(playerId, password) {
      try {
        if (await credentials.verify(playerId, password)) {
          wrong.delete(playerId);
          return { kind: "right" };
        }
      } catch (error) {
        return unavailable(error, "looked at", playerId);
      }
      const before = wrong.get(playerId) ?? 0;
      wrong.delete(playerId);
      wrong.set(playerId, before + 1);
      const oldest = wrong.keys().next().value;
      if (wrong.size > remembered && oldest !== undefined) wrong.delete(oldest);
      await new Promise<void>((resolve) => void clock.after(wrongPasswordMs * 2 ** Math.min(before, mostDoublings), resolve));
      return { kind: "wrong" };
    },
    async hash(password) {
      try {
        return { kind: "hashed", hash: await credentials.hash(password) };
      } catch (error) {
        return unavailable(error, "kept");
      }
    },
  };
}
