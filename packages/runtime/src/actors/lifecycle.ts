import { createMachine, initialTransition, transition } from "xstate";

/** The life of an actor in a host, as the console shows it. `passive`: known, because commands wait for it, but not in memory. */
export const lifecycle = createMachine({
  id: "actor",
  initial: "passive",
  states: {
    passive: { on: { HYDRATE: "hydrating" } },
    hydrating: { on: { HYDRATED: "ready", FAILED: "failed" } },
    ready: { on: { COMMIT: "committing", REFRESH: "hydrating", PASSIVATE: "passivating" } },
    committing: { on: { COMMITTED: "ready", REFRESH: "hydrating" } },
    passivating: { on: { PASSIVATED: "passive", NEEDED: "ready" } },
    failed: { on: { HYDRATE: "hydrating" } },
  },
});

const states = ["passive", "hydrating", "ready", "committing", "passivating", "failed"] as const;
export type LifecycleState = (typeof states)[number];
export type LifecycleEvent = "HYDRATE" | "HYDRATED" | "FAILED" | "COMMIT" | "COMMITTED" | "REFRESH" | "PASSIVATE" | "PASSIVATED" | "NEEDED";

/** The chart as a table: a host takes several of these steps per command, and the chart has no context. */
const table: Readonly<Record<string, LifecycleState>> = Object.fromEntries(
  states.flatMap((from) =>
    Object.keys(lifecycle.config.states?.[from]?.on ?? {}).map((event) => {
      const [start] = initialTransition(lifecycle);
      const [next] = transition(lifecycle, lifecycle.resolveState({ ...start, value: from }), { type: event });
      return [`${from} ${event}`, next.value as LifecycleState];
    }),
  ),
);

/** The next state; throws where the chart has no such step, which is a bug of the host. */
export function nextState(from: LifecycleState, event: LifecycleEvent): LifecycleState {
  const next = table[`${from} ${event}`];
  if (next === undefined) throw new Error(`an actor that is ${from} takes no ${event}`);
  return next;
}
