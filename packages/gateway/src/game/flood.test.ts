import { expect, test, vi } from "vitest";
import { createPerson } from "../testing/scripted-connection.ts";
import { password, startSmallGame } from "../testing/small-game.ts";
import { createCredentials } from "./credentials.ts";
import { hashPassword } from "./password-hash.ts";

const cost = { memory: 8, passes: 1, parallelism: 1 };

test("[G12] an address that tries wrong passwords of one player on many connections keeps nobody else out", async () => {
  const kept = await hashPassword(password, cost);
  const looked: string[] = [];
  const gates: (() => void)[] = [];
  let holding = false;
  const credentials = createCredentials({
    cost,
    atOnce: 1,
    async passwordHashOf(playerId) {
      looked.push(playerId);
      if (holding) await new Promise<void>((go) => gates.push(go));
      return kept;
    },
  });
  await using small = await startSmallGame({ game: { credentials } });
  const release = (): void => {
    holding = false;
    for (const go of gates.splice(0)) go();
  };
  // Whatever fails below, nobody waits for it.
  using _ = { [Symbol.dispose]: release };
  for (const name of ["Bob", "Ann"]) {
    const person = await small.arrive(name);
    person.type("quit");
    await person.see("Goodbye.");
  }
  holding = true;
  const flood = Array.from({ length: 45 }, () => createPerson({}, "192.0.2.66"));
  for (const person of flood) {
    small.game.accept(person.connection);
    person.type("bob", "wrong one 1", "wrong one 2", "wrong one 3");
  }
  const turnedAway = () => flood.filter((person) => person.screen().match(/Others are trying to be that person just now\./g)?.length === 3);
  await vi.waitFor(() => expect(turnedAway()).toHaveLength(42));
  // One is looked at, two wait, and who was turned away is still at the prompt: nobody looked at their passwords.
  expect(looked).toEqual(["bob"]);
  expect(flood.filter((person) => person.ended() !== undefined)).toEqual([]);

  const ann = createPerson({}, "198.51.100.7");
  small.game.accept(ann.connection);
  ann.type("ann", password);
  await ann.see("Password: ");
  gates.shift()!();
  await vi.waitFor(() => expect(looked).toEqual(["bob", "ann"]));
  gates.shift()!();
  await ann.see("The Hall");

  // The next try of Bob is looked at when the wrong one before it has been answered.
  await vi.waitFor(() => expect(small.clock.waiting()).toContain(1_000));
  expect(looked).toHaveLength(2);
  small.clock.pass(1_000);
  await vi.waitFor(() => expect(looked).toEqual(["bob", "ann", "bob"]));

  // Bob himself, from where he is, waits for none of that but the one that is looked at.
  const bob = createPerson({}, "203.0.113.5");
  small.game.accept(bob.connection);
  bob.type("bob", password);
  await bob.see("Password: ");
  gates.shift()!();
  await vi.waitFor(() => expect(looked).toHaveLength(4));
  gates.shift()!();
  await bob.see("The Hall");
});

test("[G12] who is turned away again and again without being looked at has to come again", async () => {
  const held = Promise.withResolvers<undefined>();
  let holding = false;
  const credentials = createCredentials({ cost, passwordHashOf: () => (holding ? held.promise : Promise.resolve(undefined)) });
  await using small = await startSmallGame({ game: { credentials } });
  using _ = { [Symbol.dispose]: () => held.resolve(undefined) };
  const first = await small.arrive("Bob");
  first.type("quit");
  await first.see("Goodbye.");
  holding = true;
  const people = Array.from({ length: 4 }, () => createPerson());
  for (const person of people) {
    small.game.accept(person.connection);
    person.type("bob", ...Array.from({ length: 10 }, () => "a password"));
    await person.see("Password: ");
  }
  const last = people.at(-1)!;
  await last.see("That is enough for now.");
  expect(last.screen().match(/Try again in a moment\./g)).toHaveLength(10);
});
