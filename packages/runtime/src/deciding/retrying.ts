import { backOffMs } from "@aethyr/async";
import { restMs, yieldMs } from "./back-off.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { Pending } from "../intake/pending.ts";
import type { Ports } from "../ports.ts";

type Parts = {
  readonly ports: Ports;
  readonly enqueue: (hosted: Hosted) => void;
  /** Whoever waits for it may go on. */
  readonly wake: (hosted: Hosted) => void;
};

/** Puts commands back to be tried again, at once or after a pause. Of several, the last must be put back first: each goes to the front. */
export type Retrying = {
  /** Back to the front of its mailbox, unless a stopping host has answered it meanwhile. */
  retry(pending: Pending): void;
  /** Others overtook it: back to the front, to be decided again in a moment, see `restMs`. */
  overtaken(pending: Pending): void;
  /** Another host keeps being overtaken on this one: it gets a turn, once between two commits of this host, see `yieldMs`. */
  yieldTo(hosted: Hosted, commitMs: number): void;
  /** Back to the front; its aggregate waits a while, with each failure in a row longer. */
  postpone(pending: Pending): void;
  /** Ends all pauses; what waits for them stays in its mailbox. */
  stop(): void;
};

export function createRetrying({ ports, enqueue, wake }: Parts): Retrying {
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

  function rest(target: Hosted, ms: number): void {
    if (target.resting || ms === 0) return;
    target.resting = true;
    // A stopping host waits for it: it is short, and the command was taken.
    setTimeout(() => {
      target.resting = false;
      wake(target);
    }, ms);
  }

  return {
    retry,
    overtaken(pending) {
      if (!pending.answered) rest(pending.target, restMs(pending.attempts, ports.random));
      retry(pending);
    },
    yieldTo(hosted, commitMs) {
      if (hosted.yielded) return;
      hosted.yielded = true;
      rest(hosted, yieldMs(commitMs, ports.random));
    },
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
