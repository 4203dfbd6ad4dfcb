import assert from "node:assert/strict";
import {
  advance,
  createInstance,
  decide,
  next,
  parseInput,
  pathOf,
  refOf,
  sealInput,
  snapshotOf,
  stateOf,
  viewOf,
  type Instance,
  type Snapshot,
  type Step,
} from "@aethyr/kernel";
import { fixedFacts, sealForTests } from "@aethyr/kernel/testing";
import type { EventObject } from "xstate";
import { world } from "../index.ts";

export type Sent = { readonly command: string; readonly target: string; readonly input: object };

/** A world in memory that decides commands one after another, and keeps what happened. */
export type SmallWorld = {
  /** Decides and, where that is events, goes on to the new state. */
  readonly send: (sent: Sent) => Promise<Exclude<Step, { kind: "needs" }>>;
  readonly snapshots: () => ReadonlyMap<string, Snapshot>;
  readonly history: () => ReadonlyMap<string, readonly EventObject[]>;
};

export function createSmallWorld(): SmallWorld {
  const instances = new Map<string, Instance>();
  const history = new Map<string, EventObject[]>();
  const facts = fixedFacts();
  const at = (path: string): Instance => instances.get(path) ?? createInstance(world.aggregates.get(refOf(path).type)!, refOf(path));

  async function send({ command: name, target, input }: Sent) {
    const command = world.aggregates.get(refOf(target).type)!.commands.get(name);
    assert.ok(command, `${target} takes no ${name}`);
    const sealed = await sealInput(command, input, async (clear) => sealForTests(target, clear));
    assert.ok("data" in sealed, `${name} is invalid: ${JSON.stringify(sealed)}`);
    const parsed = parseInput(command, sealed.data);
    assert.ok(parsed.ok, `${name} is invalid: ${JSON.stringify(parsed)}`);
    const step = decide({
      domain: world,
      command,
      target: refOf(target),
      input: parsed.input,
      facts,
      view: (ref) => viewOf(at(pathOf(ref))),
    });
    assert.ok(step.kind !== "needs");
    if (step.kind !== "decided") return step;
    // As a host does it: every event is tried first, and only when the charts take all of them, all of them have happened.
    for (const { ref, events } of step.changes) events.reduce((state, event) => next(state, event, facts.now), stateOf(at(pathOf(ref))));
    for (const { ref, events } of step.changes) {
      const path = pathOf(ref);
      const instance = at(path);
      for (const event of events) advance(instance, event, facts.now);
      instances.set(path, instance);
      history.set(path, [...(history.get(path) ?? []), ...events]);
    }
    return step;
  }

  return {
    send,
    snapshots: () => new Map([...instances].map(([path, instance]) => [path, snapshotOf(instance)])),
    history: () => history,
  };
}

/** The snapshots that the events lead to, after a round trip through JSON. */
export function replayed(history: SmallWorld["history"]): ReadonlyMap<string, Snapshot> {
  return new Map(
    [...history()].map(([path, events]) => {
      const instance = createInstance(world.aggregates.get(refOf(path).type)!, refOf(path));
      for (const event of JSON.parse(JSON.stringify(events)) as EventObject[]) advance(instance, event, fixedFacts().now);
      return [path, snapshotOf(instance)];
    }),
  );
}
