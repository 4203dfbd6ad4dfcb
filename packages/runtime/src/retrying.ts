import { backOffMs } from "./back-off.ts";
import type { Hosted } from "./hosted.ts";
import type { Pending } from "./pending.ts";
import type { Ports } from "./ports.ts";

type Parts = { readonly ports: Ports; readonly enqueue: (hosted: Hosted) => void };

/** Puts commands back to be tried again, at once or after a pause. Of several, the last must be put back first: each goes to the front. */
export type Retrying = {
  /** Back to the front of its mailbox, unless a stopping host has answered it meanwhile. */
  retry(pending: Pending): void;
  /** Back to the front; its aggregate waits a while, with each failure in a row longer. */
  postpone(pending: Pending): void;
  /** Ends all pauses; what waits for them stays in its mailbox. */
  stop(): void;
};

export function createRetrying({ ports, enqueue }: Parts): Retrying {
  const pauses = new Set<NodeJS.Timeout>();

  function retry(pending: Pending): void {
    if (pending.answered) return;
    pending.failure = undefined;
    pending.target.mailbox.unshift(pending);
    enqueue(pending.target);
  }

  function pause(target: Hosted): void {
    if (target.paused) return;
    target.paused = true;
    target.failures += 1;
    const timer = setTimeout(
      () => {
        pauses.delete(timer);
        target.paused = false;
        enqueue(target);
      },
      backOffMs(target.failures, ports.random),
    );
    pauses.add(timer);
  }

  return {
    retry,
    postpone(pending) {
      pending.attempts = 0;
      // What failed may go well next time; what is no command of the domain will not become one.
      if (pending.input !== undefined) pending.refusal = undefined;
      pause(pending.target);
      retry(pending);
    },
    stop() {
      for (const timer of pauses) clearTimeout(timer);
      pauses.clear();
    },
  };
}
