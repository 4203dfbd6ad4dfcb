import { startTestWorld, type TestWorld } from "@aethyr/client/testing";
import { readLog } from "@aethyr/event-store";
import { pathOf, refOf, type Domain, type Sealed } from "@aethyr/kernel";
import { hydrate, open, silentLog } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import { createInProcessBroadcast } from "../game/broadcast/in-process.ts";
import type { Clock } from "../game/clock.ts";
import { createGame, type GameDependencies } from "../game/create-game.ts";
import { createCredentials } from "../game/credentials.ts";
import { createPerson, type Person } from "./scripted-connection.ts";
import type { Screen } from "../connection.ts";

/** Passwords that cost next to nothing. */
const cheap = { memory: 8, passes: 1, parallelism: 1 };
export const password = "correct horse";

/** A clock that stands still until it is told to go on. */
export type TestClock = Clock & { readonly waiting: () => readonly number[]; pass(ms: number): void };

function createTestClock(): TestClock {
  let now = 0;
  const calls = new Map<object, { readonly at: number; readonly call: () => void }>();
  return {
    now: () => now,
    after(ms, then) {
      const key = {};
      calls.set(key, { at: now + ms, call: then });
      return () => void calls.delete(key);
    },
    waiting: () => [...calls.values()].map(({ at }) => at - now),
    pass(ms) {
      now += ms;
      for (const [key, { at, call }] of calls) {
        if (at > now) continue;
        calls.delete(key);
        call();
      }
    },
  };
}

type Setup = { readonly rooms?: boolean; readonly game?: Partial<GameDependencies>; readonly world?: TestWorld<typeof world> };

/** A hall with a cellar below, a whole host in memory, and the game on top of it. */
export async function startSmallGame(setup: Setup = {}) {
  const testWorld = setup.world ?? (await startTestWorld(world));
  const { client, store, keys } = testWorld;
  const clock = createTestClock();
  const make = async (type: Parameters<typeof client.send>[0], path: string, data: object): Promise<number> => {
    const reply = await client.send(type, refOf(path), data as never);
    if (reply.code !== "accepted") throw new Error(`${type} ${path}: ${JSON.stringify(reply)}`);
    return reply.position;
  };
  if (setup.rooms !== false) {
    await make("CreateRoom", "room/hall", { name: "The Hall", description: "A hall of stone.", attributes: {} });
    await make("CreateRoom", "room/cellar", { name: "The Cellar", description: "It is damp." });
    await make("AddRoomExit", "room/hall", { direction: "down", targetRoomId: "cellar" });
    await make("AddRoomExit", "room/cellar", { direction: "up", targetRoomId: "hall" });
  }
  const credentials = createCredentials({
    cost: cheap,
    passwordHashOf: async (playerId) => {
      const target = refOf(`player/${playerId}`);
      const kind = (world as Domain).aggregates.get(target.type)!;
      const { instance } = await hydrate(store, kind, target, silentLog);
      const { passwordHash } = (instance.actor.getSnapshot() as { context: { passwordHash: Sealed | null } }).context;
      return passwordHash === null ? undefined : open(keys, passwordHash);
    },
  });
  const game = createGame({
    client,
    head: () => store.head(),
    broadcast: createInProcessBroadcast(),
    credentials,
    log: silentLog,
    clock,
    options: { startRoom: "hall" },
    ...setup.game,
  });
  await game.ready();

  async function everything() {
    const events = [];
    for await (const event of readLog(store)) events.push(event);
    return events;
  }

  /** Somebody new who plays, at the prompt. */
  async function arrive(name: string, screen: Partial<Screen> = {}): Promise<Person> {
    const person = createPerson(screen);
    game.accept(person.connection);
    await person.see("known? ");
    person.type(name);
    await person.see("(yes or no) ");
    person.type("yes");
    await person.see("characters): ");
    person.type(password);
    await person.see("again: ");
    person.type(password);
    await person.see("\n> ");
    return person;
  }

  return {
    game,
    clock,
    world: testWorld,
    make,
    arrive,
    /** Waits until the game has shown everything so far. */
    settled: () => game.ready(),
    /** Types of the events that commands of somebody led to, in order. */
    async eventsBy(actor: string): Promise<readonly string[]> {
      return (await everything()).filter(({ meta }) => meta.actor === actor).map(({ type }) => type);
    },
    async placeOf(path: string): Promise<string | undefined> {
      const said = (await everything())
        .filter((event) => pathOf(event.stream) === path)
        .map(({ data }) => data as { containerId?: string });
      return said.findLast(({ containerId }) => containerId !== undefined)?.containerId;
    },
    async [Symbol.asyncDispose]() {
      await game.close();
      await testWorld.close();
    },
  };
}
