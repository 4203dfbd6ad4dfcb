import { defineDomain } from "@aethyr/kernel";
import { given, sealForTests } from "@aethyr/kernel/testing";
import { playerEvents, world } from "@aethyr/world";
import { describe, test } from "vitest";
import { lanternEvents, lanterns } from "./index.ts";

const domain = defineDomain(world, lanterns);
const { LanternMade, LanternLit, LanternPutOut, LanternBroken } = lanternEvents;
const ann = playerEvents.PlayerCreated({ name: "Ann", passwordHash: sealForTests("player/ann", "x"), admin: false, containerId: null });

describe("a lantern", () => {
  test("is lit by a player", () =>
    given(domain, { "lantern/old": [LanternMade({ oil: 100 })], "player/ann": [ann] })
      .when("LightLantern", "lantern/old", { playerId: "ann" })
      .thenEvents({ "lantern/old": [LanternLit({ by: "ann" })] }));

  test("is not lit by nobody", () =>
    given(domain, { "lantern/old": [LanternMade({ oil: 100 })] })
      .when("LightLantern", "lantern/old", { playerId: "ann" })
      .thenRejected("player_not_found"));

  test("stays as it is when it burns already", () =>
    given(domain, { "lantern/old": [LanternMade({ oil: 100 }), LanternLit({ by: "bob" })], "player/ann": [ann] })
      .when("LightLantern", "lantern/old", { playerId: "ann" })
      .thenNothing());

  test("has burnt as much oil as chance says, once and for ever", () =>
    given(domain, { "lantern/old": [LanternMade({ oil: 100 }), LanternLit({ by: "ann" })] }, { random: () => 0.55 })
      .when("PutOutLantern", "lantern/old")
      .thenEvents({ "lantern/old": [LanternPutOut({ oilLeft: 94 })] }));

  test("that is broken is gone", () =>
    given(domain, { "lantern/old": [LanternMade({ oil: 100 }), LanternBroken({})] })
      .when("PutOutLantern", "lantern/old")
      .thenNotFound());
});
