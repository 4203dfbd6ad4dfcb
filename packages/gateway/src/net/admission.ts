import { networkOf } from "../network.ts";
import type { ConnectionLimits } from "./limits.ts";

/** Who may connect: counts the connections of one listener, or of several that share it. */
export type Admission = {
  /** Counts a connection in. A text says why it cannot be; then it is not counted. */
  enter(remote: string): string | undefined;
  /** Counts it out again. */
  leave(remote: string): void;
};

export function createAdmission(limits: Pick<ConnectionLimits, "connections" | "connectionsPerAddress">): Admission {
  const perAddress = new Map<string, number>();
  let all = 0;

  return {
    enter(remote) {
      const key = networkOf(remote);
      const count = perAddress.get(key) ?? 0;
      if (all >= limits.connections) return "This game is full at the moment. Please try again later.";
      if (count >= limits.connectionsPerAddress)
        return "There are too many connections from your address already. Close one, then try again.";
      all += 1;
      perAddress.set(key, count + 1);
      return undefined;
    },
    leave(remote) {
      const key = networkOf(remote);
      const count = (perAddress.get(key) ?? 1) - 1;
      all -= 1;
      if (count === 0) perAddress.delete(key);
      else perAddress.set(key, count);
    },
  };
}

/** An IPv4 address inside IPv6 as what it is, so that one person has one address. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "unknown").replace(/^::ffff:(?=\d+\.)/iu, "");
}
