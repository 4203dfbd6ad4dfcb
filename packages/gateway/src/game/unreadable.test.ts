import { startTestWorld } from "@aethyr/client/testing";
import { createMemoryEventStore } from "@aethyr/event-store";
import { defineDomain, extend, fragment, ref, register } from "@aethyr/kernel";
import { player, world } from "@aethyr/world";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { createPerson } from "../testing/scripted-connection.ts";
import { password, startSmallGame } from "../testing/small-game.ts";

const titles = fragment({ TitleGranted: z.object({ title: z.string() }) }, { title: "" }, { TitleGranted: (_, { title }) => ({ title }) });
const titledPlayer = extend(player, { name: "player-title", fragment: titles, states: ["existing"] });
const GrantTitle = titledPlayer.command({
  input: z.object({ title: z.string() }),
  decide: ({ input }) => [titles.events.TitleGranted(input)],
});
const passwordHash = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
const titled = defineDomain(world, register(titledPlayer, { GrantTitle }));

test("[G12] a world whose module is missing is played: what cannot be read is left alone and told once, everything else is as ever", async () => {
  const store = createMemoryEventStore();
  {
    await using before = await startTestWorld(titled, { store });
    await before.client.send("CreateRoom", ref("room", "attic"), { name: "The Attic" });
    for (const id of ["ann", "eve"]) {
      const made = await before.client.send("CreatePlayer", ref("player", id), {
        name: id === "ann" ? "Ann" : "Eve",
        passwordHash,
        containerId: "room/attic",
      });
      expect(made).toMatchObject({ code: "accepted" });
      for (const title of ["Lamplighter", "Keeper"])
        expect(await before.client.send("GrantTitle", ref("player", id), { title })).toMatchObject({ code: "accepted" });
    }
  }
  const warn = vi.fn();
  const log = { info() {}, warn, error: vi.fn() };
  await using small = await startSmallGame({ world: await startTestWorld(world, { store }), game: { log } });
  expect(small.game.stats()).toMatchObject({ rooms: 3, players: 2, position: await store.head() });
  expect(warn.mock.calls).toEqual([[expect.objectContaining({ event: "TitleGranted", first: "player/ann" }), expect.any(String)]]);

  const bob = await small.arrive("Bob");
  expect(await bob.do("look")).toContain("The Hall");
  const ann = createPerson();
  small.game.accept(ann.connection);
  ann.type("ann", password);
  await ann.see("cannot be read");
  expect(await bob.do("sit")).toBe("You sit down.\n> ");
});

test("[G12] who asks for a room that is not there to begin in is told so when the game is ready", async () => {
  const warn = vi.fn();
  await using _ = await startSmallGame({ game: { log: { info() {}, warn, error() {} }, options: { startRoom: "nosuch" } } });
  expect(warn.mock.calls).toEqual([[{ startRoom: "nosuch", instead: "room/hall" }, expect.stringContaining("no room/nosuch")]]);
});
