import { ArgonPhc } from "@aethyr/world";
import { describe, expect, test } from "vitest";
import { createCredentials } from "./credentials.ts";

const cost = { memory: 8, passes: 1, parallelism: 1 };
const keeping = (hashes: Readonly<Record<string, string>>) =>
  createCredentials({ cost, passwordHashOf: async (playerId) => hashes[playerId] });

describe("[D39] credentials", () => {
  test("make a hash as the world takes it, another one each time, that only the same password fits", async () => {
    const made = await Promise.all(["correct horse", "correct horse"].map((password) => keeping({}).hash(password)));
    expect(made[0]).not.toBe(made[1]);
    for (const hash of made) {
      expect(ArgonPhc.safeParse(hash).success).toBe(true);
      const credentials = keeping({ ann: hash });
      expect(await credentials.verify("ann", "correct horse")).toBe(true);
      expect(await credentials.verify("ann", "correct horsf")).toBe(false);
      expect(await credentials.verify("bob", "correct horse")).toBe(false);
    }
  });
  test("know a hash that somebody else made, with other costs", async () => {
    // Made by the reference implementation: argon2 "somesalt", password "password", -id -t 2 -m 16 -p 1.
    const foreign = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await keeping({ ann: foreign }).verify("ann", "password")).toBe(true);
    expect(await keeping({ ann: foreign }).verify("ann", "Password")).toBe(false);
  });
  test("never try a hash that is none, or that would take the process's memory or time", async () => {
    const salt = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for (const hash of [
      "",
      "secret",
      `$argon2i$v=19$m=8,t=1,p=1$${salt}`,
      `$argon2id$v=19$m=99999999,t=1,p=1$${salt}`,
      `$argon2id$v=19$m=8,t=999,p=1$${salt}`,
    ])
      expect(await keeping({ ann: hash }).verify("ann", "password")).toBe(false);
  });
});
