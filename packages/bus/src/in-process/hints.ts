import type { Hint } from "@aethyr/protocol";

export type InProcessHints = { tell(hint: Hint): void; listen(handler: (hint: Hint) => void): () => void };

/** Hands each hint to all who listen, never from inside the teller's call. */
export function createHints(): InProcessHints {
  const listeners = new Set<{ readonly handler: (hint: Hint) => void }>();
  return {
    tell(hint) {
      for (const listener of listeners) {
        queueMicrotask(() => {
          if (listeners.has(listener)) listener.handler(hint);
        });
      }
    },
    listen(handler) {
      const listener = { handler };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
