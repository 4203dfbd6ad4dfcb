import { defineDomain } from "@aethyr/kernel";
import { given, sealForTests } from "@aethyr/kernel/testing";
import { playerEvents, world } from "@aethyr/world";
import { expect, test } from "vitest";
import { playerTitles, TitleGranted } from "./index.ts";

const domain = defineDomain(world, playerTitles);
const ann = playerEvents.PlayerCreated({ name: "Ann", passwordHash: sealForTests("player/ann", "x"), admin: false, containerId: null });

test("a player is granted a title, and has it", async () => {
  await given(domain, { "player/ann": [ann] })
    .when("GrantTitle", "player/ann", { title: "Lamplighter" })
    .thenEvents({ "player/ann": [TitleGranted({ title: "Lamplighter" })] });
  expect(given(domain, { "player/ann": [ann, TitleGranted({ title: "Lamplighter" })] }).state("player/ann")).toMatchObject({
    name: "Ann",
    title: "Lamplighter",
  });
});

test("a title that a player has already is not granted again", () =>
  given(domain, { "player/ann": [ann, TitleGranted({ title: "Lamplighter" })] })
    .when("GrantTitle", "player/ann", { title: "Lamplighter" })
    .thenNothing());

test("only an administrator can be Immortal", () =>
  given(domain, { "player/ann": [ann] })
    .when("GrantTitle", "player/ann", { title: "Immortal" })
    .thenRejected("not_an_admin"));
