import { createMemoryEventStore, createMemoryKeyStore } from "@aethyr/event-store";
import { defineDomain } from "@aethyr/kernel";
import { createActorHost } from "@aethyr/runtime";
import { foldInMemory } from "@aethyr/projections";
import { command } from "@aethyr/runtime/testing";
import { world } from "@aethyr/world";
import { expect, test } from "vitest";
import { projections, registrations } from "./index.ts";

const phc = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";

test("a host runs the world with an aggregate of one's own and an extended player, no package touched", async () => {
  const host = createActorHost({
    domain: defineDomain(world, ...registrations),
    store: createMemoryEventStore(),
    keys: createMemoryKeyStore(),
  });
  const codes = [];
  for (const each of [
    command("player/ann", "CreatePlayer", { name: "Ann", passwordHash: phc }),
    command("player/ann", "GrantTitle", { title: "Lamplighter" }),
    command("lantern/old", "MakeLantern"),
    command("lantern/old", "LightLantern", { playerId: "ann" }),
    command("lantern/old", "FillLantern"),
  ])
    codes.push((await host.submit(each)).code);
  expect(codes).toEqual(["accepted", "accepted", "accepted", "accepted", "rejected"]);
  await host.close();
});

test("a table of one's own is what the history of its lanterns makes it", async () => {
  const domain = defineDomain(world, ...registrations);
  const store = createMemoryEventStore();
  const host = createActorHost({ domain, store, keys: createMemoryKeyStore() });
  for (const each of [
    command("player/ann", "CreatePlayer", { name: "Ann", passwordHash: phc }),
    command("lantern/old", "MakeLantern"),
    command("lantern/new", "MakeLantern"),
    command("lantern/old", "LightLantern", { playerId: "ann" }),
    command("lantern/old", "PutOutLantern"),
    command("lantern/old", "LightLantern", { playerId: "ann" }),
    command("lantern/new", "BreakLantern"),
  ])
    expect(await host.submit(each)).toMatchObject({ code: "accepted" });
  const [lanterns] = projections;
  const rows = (await foldInMemory(lanterns!, domain, await store.readAll(0)))["lanterns"] ?? [];
  expect(rows.toSorted((one, other) => String(one["id"]).localeCompare(String(other["id"])))).toMatchObject([
    { id: "new", lit_by: null, times_lit: 0, broken: true },
    { id: "old", lit_by: "ann", times_lit: 2, broken: false },
  ]);
  await host.close();
});
