import { fork } from "node:child_process";
import { startTestWorld } from "@aethyr/client/testing";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { world } from "@aethyr/world";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { GameDependencies } from "../game/create-game.ts";
import { createPerson, type Person } from "../testing/scripted-connection.ts";
import { password, startSmallGame } from "../testing/small-game.ts";
import { createNatsBroadcast } from "./nats-broadcast.ts";

const binary = await ensureServer("nats");
const log = { info() {}, warn() {}, error() {} };
const hour = 3_600_000;

describe.skipIf(binary === undefined)("[A8] two gateways of one world", () => {
  let server: RunningServer;
  let worlds = 0;
  beforeAll(async () => {
    server = await startNats({ jetstream: false });
  });
  afterAll(() => server.stop());

  /** Two games over one world, each with its own line to the others; the second one's clock is an hour behind. */
  async function twoGateways(client?: (all: GameDependencies["client"]) => GameDependencies["client"]) {
    const name = `world${(worlds += 1)}`;
    const shared = await startTestWorld(world);
    const ends: (() => Promise<void>)[] = [];
    async function gateway(rooms: boolean, ahead: number) {
      const nats = await connect({ servers: server.url, noAsyncTraces: true });
      const broadcast = await createNatsBroadcast({ nats, world: name, log, aliveMs: 50, silenceMs: 1_000 });
      const small = await startSmallGame({
        world: shared,
        rooms,
        game: { broadcast, log, ...(client === undefined ? {} : { client: client(shared.client) }) },
      });
      small.clock.pass(ahead);
      ends.push(async () => {
        await small.game.close();
        await broadcast.close();
        await nats.close();
      });
      return { ...small, broadcast };
    }
    const one = await gateway(true, 2 * hour);
    const two = await gateway(false, hour);
    return {
      one,
      two,
      name,
      shared,
      async [Symbol.asyncDispose]() {
        for (const end of ends) await end();
        await shared.close();
      },
    };
  }
  type Gateway = Awaited<ReturnType<typeof twoGateways>>["one"];

  async function logIn(gateway: Gateway, name: string): Promise<Person> {
    const person = createPerson();
    await gateway.settled();
    gateway.game.accept(person.connection);
    await person.see("known? ");
    person.type(name, password);
    await person.see("\n> ");
    return person;
  }
  const sessionOf = ({ broadcast }: Gateway, player: string) => broadcast.online().get(player)?.session;

  test("whoever logs in at another gateway takes over, though its clock is behind; the first connection is told and closed", async () => {
    await using both = await twoGateways();
    const { one, two } = both;
    const bob = await two.arrive("Bob");
    const ann = await one.arrive("Ann");
    await bob.see("Ann arrives.\n> ");
    const again = await logIn(two, "ann");
    await ann.see("Your character is played from somewhere else now. Goodbye.");
    expect(ann.ended()).toBe("closed");
    await bob.see("Ann is back.\n> ");
    expect(await again.do("say still me")).toContain("still me");
    await vi.waitFor(() => expect(sessionOf(one, "ann")).toBe(sessionOf(two, "ann")));
    expect(one.game.stats()).toMatchObject({ connections: 0, characters: 0 });
    expect(two.game.stats()).toMatchObject({ connections: 2, characters: 2 });

    // And back again, and once more: each time the later one has it.
    const third = await logIn(one, "ann");
    await again.see("played from somewhere else");
    await vi.waitFor(() => expect(sessionOf(two, "ann")).toBe(sessionOf(one, "ann")));
    const fourth = await logIn(two, "ann");
    await third.see("played from somewhere else");
    expect(fourth.ended()).toBeUndefined();
    expect(await bob.do("who")).toContain("2 people");
    expect(bob.screen()).not.toContain("Ann leaves");
  });

  test("a command in flight at a take-over happens once, and what the first connection typed after it does not", async () => {
    const held = Promise.withResolvers<void>();
    const sent = Promise.withResolvers<void>();
    let holding = false;
    await using both = await twoGateways((client) => ({
      watch: (options) => client.watch(options),
      async send(type, ...rest) {
        if (holding && type === "AddItemToInventory") {
          sent.resolve();
          await held.promise;
        }
        return client.send(type, ...rest);
      },
    }));
    const { one, two } = both;
    // Whatever fails below, nobody waits for it.
    using _ = { [Symbol.dispose]: held.resolve };
    for (const id of ["sword", "hat"])
      await one.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId: "room/hall" });
    await one.settled();
    const ann = await one.arrive("Ann");
    holding = true;
    ann.type("get sword", "get hat");
    await sent.promise;
    await vi.waitFor(() => expect(sessionOf(two, "ann")).toBeDefined());
    const again = await logIn(two, "ann");
    await ann.see("played from somewhere else");
    held.resolve();
    await again.see("You get a sword.\n> ");
    expect(await again.do("inventory")).toContain("a sword");
    expect((await two.eventsBy("player/ann")).filter((type) => type === "ItemAddedToInventory")).toHaveLength(1);
    expect(await two.placeOf("game-object/hat")).toBe("room/hall");
  });

  test("a character whose link is dead is taken over from another gateway, and does not fade any more", async () => {
    await using both = await twoGateways();
    const { one, two } = both;
    const bob = await two.arrive("Bob");
    const ann = await one.arrive("Ann");
    await bob.see("Ann arrives.\n> ");
    ann.hangUp();
    await bob.see("Ann stares into the distance.\n> ");
    const again = await logIn(two, "ann");
    await bob.see("Ann is back.\n> ");
    await vi.waitFor(() => expect(one.game.stats().characters).toBe(0));
    one.clock.pass(hour);
    expect(await again.do("who")).toBe("  Bob\n  Ann\n2 people in this world.\n> ");
    expect(bob.screen()).not.toContain("fades away");
  });

  test("of two who log in at once at two gateways, one has the character at both, and the other is told", async () => {
    await using both = await twoGateways();
    const { one, two } = both;
    const before = await one.arrive("Ann");
    before.type("quit");
    await before.see("Goodbye.");
    const persons = [createPerson(), createPerson()];
    for (const gateway of [one, two]) await gateway.settled();
    one.game.accept(persons[0]!.connection);
    two.game.accept(persons[1]!.connection);
    for (const person of persons) person.type("ann", password);
    await vi.waitFor(() => expect(persons.filter((person) => person.ended() === "closed")).toHaveLength(1));
    const [winner, loser] = persons[0]!.ended() === "closed" ? [1, 0] : [0, 1];
    expect(persons[loser]!.screen()).toContain("played from somewhere else");
    expect(await persons[winner]!.do("say mine")).toContain("mine");
    await vi.waitFor(() => expect(sessionOf(one, "ann")).toBe(sessionOf(two, "ann")));
    expect(one.game.stats().characters + two.game.stats().characters).toBe(1);
  });

  test("a gateway that is killed takes its players out of the world, and they log in elsewhere, its clock ahead or not", async () => {
    await using both = await twoGateways();
    const { one, two, name } = both;
    const ann = await one.arrive("Ann");
    ann.type("quit");
    await ann.see("Goodbye.");
    const bob = await two.arrive("Bob");
    const presence = { player: "ann", name: "Ann", session: "of-the-killed", since: Date.now() + hour, linkDead: false };
    const third = fork(new URL("./one-player.fixture.ts", import.meta.url), [server.url, name, JSON.stringify(presence)]);
    const ended = new Promise((resolve) => third.once("exit", (_, signal) => resolve(signal)));
    await vi.waitFor(() => expect(sessionOf(two, "ann")).toBe("of-the-killed"), 20_000);
    expect(await bob.do("who")).toContain("2 people");
    third.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    await vi.waitFor(() => expect([...two.broadcast.online().keys()]).toEqual(["bob"]), 10_000);
    expect(await bob.do("who")).toContain("1 person");
    expect(await bob.do("look")).not.toContain("Ann");
    const again = await logIn(one, "ann");
    expect(await again.do("tell bob here again")).toContain("here again");
    await bob.see('Ann tells you, "here again"');
    expect(again.ended()).toBeUndefined();
  });
});
