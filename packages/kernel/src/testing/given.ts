import assert from "node:assert/strict";
import type { EventObject } from "xstate";
import { decide, type Step } from "../decide.ts";
import type { Domain } from "../domain.ts";
import { parseInput, sealInput } from "../input.ts";
import { advance, createInstance, viewOf, type Instance } from "../instance.ts";
import type { Json } from "../json.ts";
import { pathOf, refOf } from "../ref.ts";
import type { Facts } from "../view.ts";
import { fixedFacts, sealForTests } from "./facts.ts";

/** What has happened so far, by `type/id`. */
export type History = Readonly<Record<string, readonly EventObject[]>>;

/** What came of a command: what it changed, by `type/id`, or why it was refused. */
export type Outcome =
  | { readonly events: History }
  | { readonly rejected: string; readonly message: string }
  | { readonly notFound: string }
  | { readonly invalid: readonly string[] };

/** One command on a history. */
export type Scenario = {
  readonly domain: Domain;
  readonly history: History;
  readonly facts: Facts;
  readonly command: string;
  /** `type/id`. */
  readonly target: string;
  readonly input: unknown;
};

export type ScenarioRunner = (scenario: Scenario) => Promise<Outcome>;

// Of one test file: vitest loads the modules anew for each.
let run: ScenarioRunner = runPure;

/** For setup files of test projects: the scenarios of a test file are carried out by somebody else, such as a host on a store. */
export function runScenariosWith(other: ScenarioRunner): void {
  run = other;
}

/**
 * Given a history, when a command comes, then these events, or this refusal:
 *
 *     await given(domain, { "room/hall": [RoomCreated({...})] })
 *       .when("AddRoomExit", "room/hall", { direction: "north", targetRoomId: "hall" })
 *       .thenEvents({ "room/hall": [RoomExitAdded({...})] });
 *
 * Everything goes through the charts, as in a host. No clock, no store, no bus, unless a test project runs its scenarios otherwise: time
 * stands still at 2026-01-01 unless told otherwise.
 */
export function given(domain: Domain, history: History = {}, facts: Partial<Facts> = {}) {
  return {
    when: (command: string, target: string, input: unknown = {}) => {
      const outcome = run({ domain, history, facts: { ...fixedFacts(), ...facts }, command, target, input });
      return {
        /** Exactly these events, on exactly these aggregates. */
        thenEvents: async (expected: History) => assert.deepStrictEqual(await outcome, { events: plain(expected) }),
        thenNothing: async () => assert.deepStrictEqual(await outcome, { events: {} }),
        thenRejected: async (reason: string) => {
          const reached = await outcome;
          assert.ok("rejected" in reached, `expected a rejection with ${reason}, got ${JSON.stringify(reached)}`);
          assert.equal(reached.rejected, reason, reached.message);
        },
        thenNotFound: async () => assert.ok("notFound" in (await outcome), `expected not_found, got ${JSON.stringify(await outcome)}`),
        /** The input is refused by the command's schema, at exactly these paths. */
        thenInvalid: async (...paths: readonly string[]) => {
          const reached = await outcome;
          assert.ok("invalid" in reached, `expected invalid input, got ${JSON.stringify(reached)}`);
          assert.deepStrictEqual([...new Set(reached.invalid)].sort(), [...paths].sort());
        },
        outcome: () => outcome,
      };
    },
    /** The context that the history leads to. */
    state: (path: string): unknown =>
      (viewOf(play(domain, history).get(path) ?? fresh(domain, path)).state as { context: unknown }).context,
  };
}

async function runPure({ domain, history, facts, command: name, target: path, input }: Scenario): Promise<Outcome> {
  const target = refOf(path);
  const command = domain.aggregates.get(target.type)?.commands.get(name);
  assert.ok(command, `${target.type} has no command ${name}`);
  const sealed = await sealInput(command, input, async (clear) => sealForTests(path, clear));
  if ("issues" in sealed) return { invalid: sealed.issues.map((issue) => issue.path) };
  const parsed = parseInput(command, sealed.data);
  if (!parsed.ok) return { invalid: parsed.issues.map((issue) => issue.path) };
  const instances = play(domain, history);
  let step: Step;
  do {
    step = decide({ domain, command, target, input: parsed.input, facts, view: (ref) => viewOf(at(instances, domain, pathOf(ref))) });
  } while (step.kind === "needs");
  if (step.kind === "rejected") return { rejected: step.rejected, message: step.message };
  if (step.kind === "not_found") return { notFound: step.message };
  for (const { ref, events } of step.changes) for (const event of events) advance(at(instances, domain, pathOf(ref)), event, facts.now);
  return { events: Object.fromEntries(step.changes.map(({ ref, events }) => [pathOf(ref), events])) };
}

function play(domain: Domain, history: History): Map<string, Instance> {
  const instances = new Map<string, Instance>();
  for (const [path, events] of Object.entries(history))
    for (const event of events) advance(at(instances, domain, path), event, fixedFacts().now);
  return instances;
}

function at(instances: Map<string, Instance>, domain: Domain, path: string): Instance {
  const instance = instances.get(path) ?? fresh(domain, path);
  instances.set(path, instance);
  return instance;
}

function fresh(domain: Domain, path: string): Instance {
  const ref = refOf(path);
  const kind = domain.aggregates.get(ref.type);
  assert.ok(kind, `the domain has no aggregate ${ref.type}`);
  return createInstance(kind, ref);
}

const plain = (history: History) => JSON.parse(JSON.stringify(history)) as { [path: string]: Json };
