import type { Session } from "../session.ts";

/** How a session answers what is not a `Set`. `sent`: gets the requests. */
type Found = Partial<Session> & { readonly sent?: Buffer[] };

/** A session in which every `Set` fails as told, the last way from then on. How it is on the wire the tests on the real server show. */
export function scripted(sets: readonly (Error | number)[], { sent, ...found }: Found = {}): Session & { readonly count: () => number } {
  let made = 0;
  const none = () => Promise.reject(new Error("not expected"));
  return {
    set: async (request) => {
      sent?.push(request);
      const answer = sets[Math.min(made, sets.length - 1)] ?? 0;
      made += 1;
      if (typeof answer === "number") return answer;
      throw answer;
    },
    get: async () => undefined,
    getAll: async () => [],
    readRange: none,
    newestRevision: none,
    scan: async () => [],
    txScan: none,
    newestTx: none,
    read: none,
    command: none,
    away: () => undefined,
    reachable: async () => undefined,
    close: none,
    count: () => made,
    ...found,
  };
}
