import { refused, type Reply } from "@aethyr/protocol";
import { startTestWorld } from "@aethyr/client/testing";
import { world } from "@aethyr/world";
import { expect, test, vi } from "vitest";
import { createPerson } from "../testing/scripted-connection.ts";
import { password, startSmallGame } from "../testing/small-game.ts";
import { createInProcessBroadcast } from "./broadcast/in-process.ts";
import { createCredentials } from "./credentials.ts";
import { createGame, type GameDependencies } from "./create-game.ts";
import { CredentialsBusyError } from "./errors.ts";
import { refusalText } from "./texts/refusals.ts";

/** A game whose client can be told to answer otherwise. */
async function unruly(more: Partial<GameDependencies> = {}) {
  const testWorld = await startTestWorld(world);
  let answer: (() => Promise<Reply>) | undefined;
  const errors: { readonly message: string }[] = [];
  const log = { info() {}, warn() {}, error: (_: object, message: string) => void errors.push({ message }) };
  const client: GameDependencies["client"] = {
    send: (...sent) => (answer === undefined ? testWorld.client.send(...sent) : answer()),
    watch: (options) => testWorld.client.watch(options),
  };
  const small = await startSmallGame({ world: testWorld, game: { client, log, ...more } });
  return { small, errors, answer: (given: typeof answer) => (answer = given) };
}

test.each(["busy", "unavailable", "outcome_unknown", "conflict", "internal", "invalid", "not_found", "unauthorised", "too_large"] as const)(
  "[G12] where the world says `%s`, the person is told so in words, and plays on",
  async (code) => {
    const { small, answer } = await unruly();
    await using _ = small;
    const ann = await small.arrive("Ann");
    answer(async () => refused("c", code, "a message for programs"));
    expect((await ann.do("sit")).replaceAll("\n", " ")).toBe(`${refusalText(refused("c", code, ""))} > `);
    answer(undefined);
    expect(await ann.do("sit")).toBe("You sit down.\n> ");
  },
);

test("[G12] a command for all things stops at the first that the world cannot be asked about", async () => {
  const { small, answer } = await unruly();
  await using _ = small;
  for (const id of ["hat", "cap", "rod"])
    await small.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId: "room/hall" });
  const ann = await small.arrive("Ann");
  let asked = 0;
  answer(async () => refused("c", (asked += 1) === 1 ? "rejected" : "unavailable", "", { reason: "moved_away" }));
  const shown = await ann.do("get all");
  expect(asked).toBe(2);
  expect(shown).toMatch(/^Somebody was faster\.\nThe world cannot be reached/);
});

test("a rule that nobody has words for is told as a no", () => {
  expect(refusalText(refused("c", "rejected", "", { reason: "no_oil" }))).toBe("You cannot do that.");
  expect(refusalText(refused("c", "rejected", ""))).toBe("You cannot do that.");
});

test("a command that nobody answers is told as such and logged", async () => {
  const { small, answer, errors } = await unruly();
  await using _ = small;
  const ann = await small.arrive("Ann");
  answer(() => Promise.reject(new Error("gone")));
  expect(await ann.do("sit")).toContain("may have happened, or not");
  expect(errors).toEqual([{ message: "a command got no answer" }]);
});

test("[A18] what is done while the log is away is told as provisional", async () => {
  const { small, answer } = await unruly();
  await using _ = small;
  const ann = await small.arrive("Ann");
  answer(async () => ({
    v: 1,
    command: "c",
    code: "accepted",
    changed: [{ stream: { type: "player", id: "ann" }, version: 9 }],
    position: 0,
    provisional: true,
  }));
  expect(await ann.do("sit")).toContain("as far as can be said while the world's memory is away");
});

test("who cannot be created, or brought to a room, is told why", async () => {
  const { small, answer } = await unruly();
  await using _ = small;
  const ann = await small.arrive("Ann");
  ann.type("quit");
  await ann.see("Goodbye.");
  await small.make("UpdateGameObjectContainer", "player/ann", { containerId: null });
  await small.settled();
  for (const given of [async () => refused("c", "unavailable", ""), () => Promise.reject(new Error("gone"))]) {
    answer(given);
    const person = createPerson();
    small.game.accept(person.connection);
    person.type("eve", "yes", password, password);
    await person.see(/cannot be reached at the moment|may have happened, or not/);
    await person.see("known? ");
    person.type("ann", password);
    await person.see(/cannot be reached at the moment|may have happened, or not/);
    await vi.waitFor(() => expect(person.ended()).toBe("closed"));
  }
});

test("when what happens cannot be watched for a while, people play on, and see it when it is back", async () => {
  const testWorld = await startTestWorld(world);
  let broken = false;
  let watches = 0;
  const client: GameDependencies["client"] = {
    send: (...sent) => testWorld.client.send(...sent),
    async *watch(options) {
      watches += 1;
      for await (const events of testWorld.client.watch(options)) {
        if (broken) throw new Error("the feed is away");
        yield events;
      }
    },
  };
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (_: object, message: string) => void errors.push(message) };
  await using small = await startSmallGame({ world: testWorld, game: { client, log } });
  const ann = await small.arrive("Ann");
  broken = true;
  ann.type("sit");
  await vi.waitFor(() => expect(small.clock.waiting()).toContain(3_000));
  small.clock.pass(3_000);
  await ann.see("What you did is done, and you will see it in a moment.)\n> ");
  expect(await ann.do("look")).toContain("The Hall");
  broken = false;
  await vi.waitFor(() => {
    small.clock.pass(10_000);
    expect(ann.rest() + ann.screen()).toContain("You sit down.");
  });
  expect(ann.screen().match(/You sit down\./g)).toHaveLength(1);
  expect(watches).toBeGreaterThan(1);
  expect(errors).toContain("the world cannot be watched: trying again");
});

test("a world that cannot be read yet is told, and is played once it could be, log or no log", async () => {
  const { client, store, close } = await startTestWorld(world);
  let away = true;
  const credentials = createCredentials({ passwordHashOf: async () => undefined });
  const head = () => (away ? Promise.reject(new Error("away")) : store.head());
  const log = { info() {}, warn() {}, error() {} };
  const game = createGame({ client, head, broadcast: createInProcessBroadcast(), credentials, log });
  const knock = () => {
    const person = createPerson();
    game.accept(person.connection);
    return person;
  };
  const early = knock();
  await early.see("The world is waking up.");
  await early.see("Come back in a moment.");
  expect(early.ended()).toBe("closed");
  await expect(game.ready()).rejects.toThrow("away");
  away = false;
  await knock().see("known? ");
  away = true;
  await knock().see("known? ");
  await game.close();
  await close();
});

test("a password that cannot be looked at lets nobody in, and is asked for again", async () => {
  const cost = { memory: 8, passes: 1, parallelism: 1 };
  const kept = await createCredentials({ passwordHashOf: async () => undefined, cost }).hash(password);
  let state: "right" | "broken" = "right";
  const credentials = createCredentials({
    cost,
    passwordHashOf: async () => {
      if (state === "broken") throw new Error("the key store is away");
      return kept;
    },
  });
  const { small, errors } = await unruly({ credentials });
  await using _ = small;
  await small.arrive("Ann");
  state = "broken";
  const person = createPerson();
  small.game.accept(person.connection);
  person.type("ann", password);
  await person.see("cannot be looked at now");
  expect(errors).toEqual([{ message: "a password could not be looked at" }]);
  state = "right";
  person.type(password);
  await person.see("\n> ");
});

test("a command of the game that fails is told and logged, and the person plays on", async () => {
  const broadcast = createInProcessBroadcast();
  const { small, errors } = await unruly({
    broadcast: { ...broadcast, send: (signal) => (signal.kind === "said" ? Promise.reject(new Error("away")) : broadcast.send(signal)) },
  });
  await using _ = small;
  const ann = await small.arrive("Ann");
  expect(await ann.do("say hello")).toContain("Something went wrong with that.");
  expect(errors).toEqual([{ message: "a command of the game failed" }]);
  expect(await ann.do("look")).toContain("The Hall");
});

test("[G12] a password that cannot be kept now makes no character, and is said so; too many at once are no fault", async () => {
  let why: Error = new CredentialsBusyError();
  const { small, errors } = await unruly({ credentials: { hash: () => Promise.reject(why), verify: async () => false } });
  await using _ = small;
  const person = createPerson();
  small.game.accept(person.connection);
  person.type("ann", "yes", password, password);
  await person.see("Too many people are arriving at once.");
  await person.see("known? ");
  expect(errors).toEqual([]);
  why = new Error("no memory");
  person.type("ann", "yes", password, password);
  await person.see("Your password cannot be kept now.");
  await person.see("known? ");
  expect(errors).toEqual([{ message: "a password could not be kept" }]);
});
