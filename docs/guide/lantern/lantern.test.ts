import { defineDomain } from "@aethyr/kernel";
import { given, recorded, sealForTests } from "@aethyr/kernel/testing";
import { foldInMemory } from "@aethyr/projections";
import { playerEvents, world } from "@aethyr/world";
import { describe, expect, test } from "vitest";
import { lanternEvents, lanterns, lanternTable } from "./index.ts";

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

test("the table of lanterns says who let one burn, and how often", async () => {
  const history = {
    "lantern/old": [LanternMade({ oil: 100 }), LanternLit({ by: "ann" }), LanternPutOut({ oilLeft: 94 }), LanternLit({ by: "bob" })],
  };
  const tables = await foldInMemory(lanternTable, domain, recorded(domain, history, { "lantern/new": [LanternMade({ oil: 5 })] }));
  expect(tables["lanterns"]).toMatchObject([
    { id: "old", oil: 94, lit_by: "bob", times_lit: 2 },
    { id: "new", oil: 5, lit_by: null, times_lit: 0 },
  ]);
});
