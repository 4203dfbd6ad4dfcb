import assert from "node:assert/strict";
import { given, sealForTests } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { playerEvents, roomEvents, world } from "../index.ts";
import { after, hall, phc } from "../testing/histories.ts";

const { PlayerAdminStatusUpdated, PlayerCreated, PlayerPasswordUpdated } = playerEvents;
const another = phc("YW5vdGhlcnNhbHQx");

describe("players", () => {
  test("[D33] a player begins with one event, as no admin, the password sealed", async () => {
    const made = PlayerCreated({ name: "Eve", passwordHash: sealForTests("player/eve", phc()), admin: false, containerId: null });
    await given(world)
      .when("CreatePlayer", "player/eve", { name: "Eve", passwordHash: phc() })
      .thenEvents({ "player/eve": [made] });
  });
  test("a player can begin in a room, if that is there", async () => {
    const eve = { name: "Eve", passwordHash: phc() };
    await given(world, hall)
      .when("CreatePlayer", "player/eve", { ...eve, containerId: "room/attic" })
      .thenRejected("container_not_found");
    await given(world, after(hall, { "room/cellar": [roomEvents.GameObjectDeleted({})] }))
      .when("CreatePlayer", "player/eve", { ...eve, containerId: "room/cellar" })
      .thenRejected("container_not_found");
    await given(world, hall)
      .when("CreatePlayer", "player/eve", { ...eve, containerId: "room/cellar" })
      .thenEvents({
        "player/eve": [
          PlayerCreated({ name: "Eve", passwordHash: sealForTests("player/eve", phc()), admin: false, containerId: "room/cellar" }),
        ],
      });
  });
  test("nobody makes an admin, or a player inside a thing, from the start", async () => {
    const eve = { name: "Eve", passwordHash: phc() };
    await given(world, hall)
      .when("CreatePlayer", "player/eve", { ...eve, admin: true })
      .thenInvalid("");
    await given(world, hall)
      .when("CreatePlayer", "player/eve", { ...eve, containerId: "game-object/bag" })
      .thenInvalid("containerId");
  });
  test("[D39] a password comes in as an argon2id hash or not at all", async () => {
    const hashes = [
      "secret",
      "5ebe2294ecd0e0f08eab7690d2a6ee69",
      "",
      phc().replace("argon2id", "argon2i"),
      `${phc()}$`,
      phc().replace("v=19", "v=16"),
      sealForTests("player/ann", phc()),
    ];
    for (const passwordHash of hashes) {
      await given(world, hall).when("UpdatePlayerPassword", "player/ann", { passwordHash }).thenInvalid("passwordHash");
      await given(world).when("CreatePlayer", "player/eve", { name: "Eve", passwordHash }).thenInvalid("passwordHash");
    }
  });
  test("[D39] neither history nor state has the hash in the clear", async () => {
    const outcome = await given(world, hall).when("UpdatePlayerPassword", "player/ann", { passwordHash: another }).outcome();
    assert.ok(!JSON.stringify([outcome, given(world, hall).state("player/ann")]).includes("argon2id"));
  });
  test("[D31] a password can be changed; the same one again is nothing new", async () => {
    await given(world, hall)
      .when("UpdatePlayerPassword", "player/ann", { passwordHash: another })
      .thenEvents({ "player/ann": [PlayerPasswordUpdated({ passwordHash: sealForTests("player/ann", another) })] });
    await given(world, hall).when("UpdatePlayerPassword", "player/ann", { passwordHash: phc() }).thenNothing();
  });
  test("[D31] a player can be made an admin and be one no longer", async () => {
    const admin = after(hall, { "player/ann": [PlayerAdminStatusUpdated({ admin: true })] });
    await given(world, hall)
      .when("UpdatePlayerAdminStatus", "player/ann", { admin: true })
      .thenEvents({ "player/ann": [PlayerAdminStatusUpdated({ admin: true })] });
    await given(world, admin)
      .when("UpdatePlayerAdminStatus", "player/ann", { admin: false })
      .thenEvents({ "player/ann": [PlayerAdminStatusUpdated({ admin: false })] });
    await given(world, admin).when("UpdatePlayerAdminStatus", "player/ann", { admin: true }).thenNothing();
  });
});
