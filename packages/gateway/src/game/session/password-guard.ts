import type { Clock } from "../clock.ts";
import type { Credentials } from "../credentials.ts";
import { CredentialsBusyError } from "../errors.ts";
import type { GatewayLog } from "../../log.ts";

/** Looks at passwords, and lets those wait who try wrong ones. */
export type PasswordGuard = {
  /** True, false, or what to tell the person where it cannot be said. A wrong one is answered late, and later each time. */
  check(playerId: string, password: string): Promise<true | false | string>;
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
  return {
    async check(playerId, password) {
      try {
        if (await credentials.verify(playerId, password)) {
          wrong.delete(playerId);
          return true;
        }
      } catch (error) {
        if (error instanceof CredentialsBusyError) return "Too many people are arriving at once. Try again in a moment.";
        log.error({ err: error, player: playerId }, "a password could not be looked at");
        return "Your password cannot be looked at now. Try again in a while.";
      }
      const before = wrong.get(playerId) ?? 0;
      wrong.delete(playerId);
      wrong.set(playerId, before + 1);
      const oldest = wrong.keys().next().value;
      if (wrong.size > remembered && oldest !== undefined) wrong.delete(oldest);
      await new Promise<void>((resolve) => void clock.after(wrongPasswordMs * 2 ** Math.min(before, mostDoublings), resolve));
      return false;
    },
  };
}
