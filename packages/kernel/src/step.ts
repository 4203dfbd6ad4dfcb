import { createActor, type AnyMachineSnapshot, type AnyStateMachine, type EventObject } from "xstate";

/** What an event makes of a snapshot: a value of a value, no actor moves. Unchanged, the same object, where no transition takes it. */
export type Step = (before: AnyMachineSnapshot, event: EventObject) => AnyMachineSnapshot;

/**
 * The pure step of a machine. XState's own `transition` builds a scope for the machine's actions at every call, which costs more than the
 * step; a chart that only assigns needs none of it, so one that does nothing serves all calls.
 */
export function stepOf(machine: AnyStateMachine): Step {
  const self = createActor(machine);
  const nothing = (): void => {};
  const scope = {
    self,
    id: self.id,
    sessionId: self.sessionId,
    system: self.system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
  };
  return (before, event) => machine.transition(before as never, event, scope as never) as AnyMachineSnapshot;
}
