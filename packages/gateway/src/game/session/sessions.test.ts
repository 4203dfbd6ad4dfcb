import { expect, test, vi } from "vitest";
import { createPerson, type Person } from "../../testing/scripted-connection.ts";
import { password, startSmallGame } from "../../testing/small-game.ts";

type Small = Awaited<ReturnType<typeof startSmallGame>>;

async function knock(small: Small): Promise<Person> {
  // No two sessions begin in the same instant.
  small.clock.pass(1);
  const person = createPerson();
  small.game.accept(person.connection);
  await person.see("known? ");
  return person;
}
async function back(small: Small, name: string): Promise<Person> {
  const person = await knock(small);
  person.type(name);
  await person.see("Password: ");
  person.type(password);
  await person.see("\n> ");
  return person;
}

test("a password is typed unseen, twice when it is new, and must be long enough and the same", async () => {
  await using small = await startSmallGame();
  const person = await knock(small);
  for (const name of ["x", "Ann Lee", "ann2", "ALL", "you", "a".repeat(21), "", "  "]) {
    person.type(name);
    await person.see("known? ");
  }
  person.type("ANN");
  await person.see("Nobody is called Ann yet. Will you be? (yes or no) ");
  person.type("no");
  await person.see("known? ");
  person.type("ann", "y");
  await person.see("characters): ");
  expect(person.hidden()).toBe(true);
  person.type("short");
  await person.see("8 to 64 characters.\n");
  await person.see("characters): ");
  person.type("p".repeat(65));
  await person.see("characters): ");
  person.type(password);
  await person.see("again: ");
  expect(person.hidden()).toBe(true);
  person.type("another one");
  await person.see("not the same.");
  await person.see("characters): ");
  person.type("");
  await person.see("known? ");
  expect(person.hidden()).toBe(false);
  person.type("ann", "yes", password, password);
  await person.see("The Hall");
  await person.see("\n> ");
  expect(person.screen()).not.toContain(password);
});

test("[D39] who comes back needs the password, is where they were, and has what they had", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  await ann.do("down");
  ann.type("quit");
  await ann.see("Goodbye.");
  const again = await back(small, "aNN");
  expect(again.screen()).toContain("The Cellar");
  expect(again.screen()).not.toContain(password);
});

test("a wrong password is answered late, later each time, and not for ever; others are not held up by it", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  const thief = await knock(small);
  thief.type("ann");
  for (const [tried, delay] of [1_000, 2_000, 4_000].entries()) {
    await thief.see("Password: ");
    thief.type(`guess number ${tried}`);
    await vi.waitFor(() => expect(small.clock.waiting()).toContain(delay));
    expect(await ann.do("say I am here")).toContain("I am here");
    small.clock.pass(delay);
    await thief.see("That is not the password.");
  }
  await thief.see("That is enough for now.");
  expect(thief.ended()).toBe("closed");
  expect(ann.ended()).toBeUndefined();
});

test("who is silent at the login is sent away", async () => {
  await using small = await startSmallGame();
  const person = await knock(small);
  small.clock.pass(120_000);
  await person.see("silent for too long");
  expect(person.ended()).toBe("closed");
  await vi.waitFor(() => expect(small.game.stats().connections).toBe(0));
});

test("a name is one character: a second connection takes it over, and the first is told", async () => {
  await using small = await startSmallGame();
  const bob = await small.arrive("Bob");
  const ann = await small.arrive("Ann");
  await bob.see("Ann arrives.\n> ");
  const again = await back(small, "ann");
  await ann.see("played from somewhere else");
  expect(ann.ended()).toBe("closed");
  expect(await bob.see("\n> ")).toBe("\nAnn is back.\n> ");
  expect(await bob.do("who")).toContain("2 people");
  expect(await again.do("say still me")).toContain("still me");
  expect(small.game.stats()).toMatchObject({ connections: 2, characters: 2, linkDead: 0 });
});

test("a lost connection leaves the character in the world for a while; logging in again brings it back", async () => {
  await using small = await startSmallGame();
  const bob = await small.arrive("Bob");
  const ann = await small.arrive("Ann");
  ann.hangUp();
  await bob.see("Ann stares into the distance.\n> ");
  await vi.waitFor(() => expect(small.game.stats()).toMatchObject({ connections: 1, characters: 2, linkDead: 1 }));
  const again = await back(small, "ann");
  expect(await bob.see("\n> ")).toBe("\nAnn is back.\n> ");
  small.clock.pass(1_000_000);
  expect(again.ended()).toBeUndefined();
  again.hangUp();
  await bob.see("Ann stares into the distance.\n> ");
  small.clock.pass(180_000);
  await bob.see("Ann fades away.\n> ");
  expect(await bob.do("who")).toContain("1 person");
  expect(small.game.stats()).toMatchObject({ characters: 1, linkDead: 0 });
});

test("a connection lost in the middle of a question or a command ends its session, and nobody else's", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  const asked = await knock(small);
  asked.type("eve", "yes");
  await asked.see("characters): ");
  asked.hangUp();
  const bob = await small.arrive("Bob");
  bob.type("look", "look");
  bob.hangUp();
  await vi.waitFor(() => expect(small.game.stats().connections).toBe(1));
  expect(await ann.do("look")).toContain("The Hall");
});

test("two who want one new name at once: one gets it, the other is told", async () => {
  await using small = await startSmallGame();
  const both = [await knock(small), await knock(small)];
  for (const person of both) {
    person.type("ann", "yes");
    await person.see("characters): ");
  }
  for (const person of both) person.type(password, password);
  await Promise.all(both.map((person) => person.see(/\n> $|somebody else was faster/i)));
  expect(both.filter((person) => person.screen().includes("Somebody else was faster to be Ann."))).toHaveLength(1);
});

test("a password is changed with the old one, and the old one is wrong from then on", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  expect(await ann.do("setpass")).toContain("Type `setpassword` in full");
  ann.type("setpassword");
  await ann.see("now: ");
  expect(ann.hidden()).toBe(true);
  ann.type("not this one");
  await vi.waitFor(() => expect(small.clock.waiting().length).toBeGreaterThan(0));
  small.clock.pass(1_000);
  await ann.see("That is not your password.\n> ");
  ann.type("setpassword", "");
  await ann.see("stays as it is.\n> ");
  ann.type("setpassword", password, "");
  await ann.see("stays as it is.\n> ");
  ann.type("setpassword", password, "battery staple", "battery staple");
  await ann.see("Your password is another now.\n");
  await ann.see("> ");
  ann.type("quit");
  await ann.see("Goodbye.");
  const again = await knock(small);
  again.type("ann", "battery staple");
  await again.see("\n> ");
  expect(ann.screen() + again.screen()).not.toMatch(/battery staple|correct horse/);
});

test("a deleted character's name is not given again", async () => {
  await using small = await startSmallGame();
  await small.arrive("Ann");
  await small.make("DeleteGameObject", "player/ann", {});
  await small.settled();
  const person = await knock(small);
  person.type("ann");
  await person.see("it is not given again");
});

test("new characters arrive where the game says, else where one arrives in worlds that we know, else in the oldest room", async () => {
  await using small = await startSmallGame({ game: { options: { startRoom: "nowhere" } } });
  expect((await small.arrive("Ann")).screen()).toContain("The Hall");
  await small.make("CreateRoom", "room/circle-3001", { name: "The Temple" });
  await small.settled();
  expect((await small.arrive("Bob")).screen()).toContain("The Temple");
});

test("whose room is no more begins where new ones do; without any room people are nowhere", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  await ann.do("down");
  ann.type("quit");
  await small.make("DeleteGameObject", "room/cellar", {});
  await small.settled();
  const again = await back(small, "ann");
  expect(again.screen()).toContain("The Hall");

  await using empty = await startSmallGame({ rooms: false });
  const eve = await empty.arrive("Eve");
  expect(eve.screen()).toContain("There is nothing around you");
  expect(await eve.do("north")).toContain("You are nowhere");
  expect(await eve.do("exits")).toBe("There is no way out.\n> ");
  expect(await eve.do("say hello?")).toBe("> ");
  expect(await eve.do("get all")).toContain("nothing to take");
});

test("what is typed before its turn waits, and is done in order", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  ann.type(...Array.from({ length: 9 }, (_, index) => `say ${index + 1}`));
  await ann.see('You say, "9"\n> ');
  expect(ann.screen().match(/You say, "\d+"/g)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `You say, "${number}"`));
});

test("when the game closes everybody is told, and nothing is left behind", async () => {
  const small = await startSmallGame();
  const ann = await small.arrive("Ann");
  const guest = await knock(small);
  await small.game.close("Back in a minute.");
  expect(ann.screen()).toMatch(/> \nBack in a minute\.\n$/);
  expect([ann.ended(), guest.ended()]).toEqual(["closed", "closed"]);
  expect(small.game.stats()).toMatchObject({ connections: 0, characters: 0 });
  const late = createPerson();
  small.game.accept(late.connection);
  expect(late.screen()).toContain("closed for now");
  await small.world.close();
});
