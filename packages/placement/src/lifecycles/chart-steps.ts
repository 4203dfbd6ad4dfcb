import { initialTransition, transition, type AnyStateMachine } from "xstate";

/** A flat chart without context as a function: the next state, or a throw where the chart has no such step, which is a bug of the caller. */
export function stepsOf<S extends string, E extends string>(chart: AnyStateMachine): (from: S, event: E) => S {
  const [start] = initialTransition(chart);
  const table = new Map<string, S>();
  for (const [from, { on = {} }] of Object.entries(chart.config.states ?? {})) {
    for (const event of Object.keys(on)) {
      const [next] = transition(chart, chart.resolveState({ ...start, value: from }), { type: event });
      table.set(`${from} ${event}`, next.value as S);
    }
  }
  return (from, event) => {
    const next = table.get(`${from} ${event}`);
    if (next === undefined) throw new Error(`${chart.id}: ${from} takes no ${event}`);
    return next;
  };
}
