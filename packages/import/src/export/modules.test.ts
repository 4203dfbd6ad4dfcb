import {
  defineAggregate,
  defineDomain,
  events,
  extend,
  fragment,
  ref,
  register,
  type Domain,
  type Json,
  type Remake,
} from "@aethyr/kernel";
import { gameObject, gameObjectEvents, room, world } from "@aethyr/world";
import { expect, test } from "vitest";
import { z } from "zod";
import { createCommandMaker } from "../commands/import-command.ts";
import { runImport } from "../run/run-import.ts";
import { startWorldHost } from "../testing/world-host.ts";
import { exportWorld } from "./export-world.ts";
import { rehearse, statesIn } from "./rehearse.ts";
import { differences } from "./same-world.ts";
import { leftOutText } from "./world-export.ts";
import { readWorldFile, worldFileLines } from "./world-file.ts";

const moods = fragment({ MoodChanged: z.object({ mood: z.int() }) }, { mood: 0 }, { MoodChanged: (_, { mood }) => ({ mood }) });
const moodyRoom = extend(room, { name: "moods", fragment: moods, states: ["existing"] });
const ChangeMood = moodyRoom.command({
  input: z.strictObject({ mood: z.int() }),
  decide: ({ self, input }) => (self.state.context.mood === input.mood ? [] : [moods.events.MoodChanged(input)]),
});
type Moody = Remake<{ readonly mood: number }>;
const moodAgain: Moody = ({ context: { mood } }) => (mood === 0 ? [] : [{ command: "ChangeMood", data: { mood } }]);

/** A thing by another name: it has a chart of its own as far as anybody can tell. */
const statue = defineAggregate("statue", { events: events(gameObject.catalogue), machine: gameObject.machine });
const { GameObjectCreated, GameObjectAttributesUpdated } = gameObjectEvents;
const MakeStatue = statue.command({
  input: z.strictObject({ name: z.string() }),
  creates: true,
  decide: ({ input }) => [GameObjectCreated({ ...input, generic: "statue", containerId: null, attributes: {} })],
});
/** Of somebody else than itself, who must be there already. */
const Admire = statue.command({
  input: z.strictObject({ whom: z.string() }),
  decide: ({ input }) => [GameObjectAttributesUpdated({ attributes: { admires: input.whom } })],
});
type Statue = Remake<{ readonly name: string; readonly attributes: Readonly<Record<string, Json>> }>;
const statueAgain: Statue = ({ context: { name, attributes } }) => [
  { command: "MakeStatue", data: { name } },
  ...Object.values(attributes).map((whom) => ({ command: "Admire", data: { whom } })),
];

const worldWith = (remakes: { readonly mood?: Moody; readonly statue?: Statue }): Domain =>
  defineDomain(
    world,
    register(moodyRoom, { ChangeMood }, remakes.mood && { remake: remakes.mood }),
    register(statue, { MakeStatue, Admire }, remakes.statue && { remake: remakes.statue }),
  );

async function statesOfModules(domain: Domain) {
  const host = startWorldHost(domain);
  const make = createCommandMaker("test");
  for (const [type, path, data] of [
    ["CreateRoom", ref("room", "hall"), { name: "The Hall" }],
    ["CreateRoom", ref("room", "yard"), { name: "The Yard" }],
    ["ChangeMood", ref("room", "hall"), { mood: 3 }],
    ["MakeStatue", ref("statue", "one"), { name: "Ann" }],
    ["MakeStatue", ref("statue", "two"), { name: "Bob" }],
    ["Admire", ref("statue", "one"), { whom: "two" }],
  ] as const)
    expect(await host.send([make(type, path, data, { file: "", line: 0 }).command])).toMatchObject([{ code: "accepted" }]);
  const states = await statesIn(host.store, domain);
  await host.close();
  return states;
}

test("[A22] aggregates and fields of modules are exported as their modules say that they are made again", async () => {
  const domain = worldWith({ mood: moodAgain, statue: statueAgain });
  const states = await statesOfModules(domain);
  const exported = exportWorld(states, domain);
  expect(await rehearse(exported, states, domain)).toEqual(exported);
  expect(exported.leftOut).toEqual([]);
  expect(exported.commands.map(({ phase, type, target }) => `${phase}: ${type} ${target.id}`)).toEqual([
    "rooms: CreateRoom hall",
    "rooms: CreateRoom yard",
    "of modules, step 1: ChangeMood hall",
    "of modules, step 1: MakeStatue one",
    "of modules, step 1: MakeStatue two",
    "of modules, step 2: Admire one",
  ]);
  const after = startWorldHost(domain);
  const phases = readWorldFile("w", [...worldFileLines(exported.commands)].join(""), (complaint) => {
    throw complaint;
  });
  expect(await runImport({ phases, send: after.send, head: 0 })).toMatchObject({ ended: "complete", problems: [] });
  expect(differences(states, await statesIn(after.store, domain))).toEqual([]);
  await after.close();
});

test("[A22] what a module brought without saying how it is made again is named; a field that nobody used is no loss", async () => {
  const domain = worldWith({});
  const { commands, leftOut } = exportWorld(await statesOfModules(domain), domain);
  expect(commands.map(({ type }) => type)).toEqual(["CreateRoom", "CreateRoom"]);
  expect(leftOut.map(leftOutText)).toEqual([
    "room/hall: its mood is of moods, which does not say how it is made again",
    "statue/one: its module does not say how it is made again",
    "statue/two: its module does not say how it is made again",
  ]);
});

test("[A22] a module that says it wrongly is found out by the rehearsal, and what would be refused is not exported", async () => {
  const domain = worldWith({
    mood: ({ context: { mood } }) => [{ command: "ChangeMood", data: { mood: mood / 2 } }],
    statue: ({ context: { name } }) => [{ command: "MakeStatue", data: { name } }],
  });
  const states = await statesOfModules(domain);
  const { commands, leftOut } = await rehearse(exportWorld(states, domain), states, domain);
  expect(commands.map(({ type, target }) => `${type} ${target.id}`)).not.toContain("ChangeMood hall");
  expect(leftOut.map(leftOutText)).toEqual([
    expect.stringMatching(/^room\/hall: its ChangeMood is refused: invalid_input: /),
    "statue/one: after an import it differs in attributes",
  ]);
});
