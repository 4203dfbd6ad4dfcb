import assert from "node:assert/strict";
import type { Json } from "@aethyr/kernel";
import { given, type History } from "@aethyr/kernel/testing";
import fc from "fast-check";
import { describe, test } from "vitest";
import { gameObjectEvents, world } from "../index.ts";
import { hall, thingMade } from "../testing/histories.ts";
import { sameJson } from "./same-json.ts";

const { GameObjectAttributeUpdated, GameObjectAttributesUpdated } = gameObjectEvents;
const bag = (attributes: Readonly<Record<string, Json>>): History => ({ "game-object/bag": [thingMade(null, attributes)] });
const setting = (history: History, key: unknown, value?: unknown) =>
  given(world, history).when("UpdateGameObjectAttribute", "game-object/bag", { key, value });
const settingMany = (history: History, attributes: unknown) =>
  given(world, history).when("UpdateGameObjectAttributes", "game-object/bag", { attributes });

describe("attributes", () => {
  test("a game object, a player and a room take any JSON value under a key", async () => {
    const change = { key: "combat.armor", value: { class: [3, null, "heavy"] } };
    for (const path of ["game-object/bag", "player/ann", "room/hall"]) {
      await given(world, hall)
        .when("UpdateGameObjectAttribute", path, change)
        .thenEvents({ [path]: [GameObjectAttributeUpdated(change)] });
    }
  });
  test("null is a value: the key stays", async () => {
    await setting(bag({ weight: 3 }), "weight", null).thenEvents({
      "game-object/bag": [GameObjectAttributeUpdated({ key: "weight", value: null })],
    });
    await setting(bag({ weight: null }), "weight", null).thenNothing();
    await setting(bag({}), "weight", null).thenEvents({ "game-object/bag": [GameObjectAttributeUpdated({ key: "weight", value: null })] });
  });
  test("[D31] an equal value changes nothing, in whatever order its keys stand", async () => {
    await setting(bag({ dice: { count: 2, sides: 6 } }), "dice", { sides: 6, count: 2 }).thenNothing();
    await settingMany(bag({ weight: 3, dice: { count: 2, sides: 6 } }), { dice: { sides: 6, count: 2 }, weight: 3 }).thenNothing();
    await settingMany(bag({ weight: 3 }), {}).thenNothing();
  });
  test("of many keys those that differ are recorded, and others stay as they are", () =>
    settingMany(bag({ weight: 3, cost: 5 }), { weight: 4, cost: 5, lit: true }).thenEvents({
      "game-object/bag": [GameObjectAttributesUpdated({ attributes: { weight: 4, lit: true } })],
    }));
  test("a key named like something that every object has is a key like any other", () =>
    setting(bag({}), "constructor", 1).thenEvents({ "game-object/bag": [GameObjectAttributeUpdated({ key: "constructor", value: 1 })] }));
  test("[D17] keys are short names", async () => {
    for (const key of ["", "1st", "two words", "__proto__", "k".repeat(65), 3, undefined])
      await setting(bag({}), key, 1).thenInvalid("key");
    await settingMany(bag({}), { "two words": 1 }).thenInvalid("attributes.two words");
  });
  test("[D15] what JSON cannot carry is refused", async () => {
    for (const value of [undefined, Number.NaN, -0, new Date(0), { at: undefined }, "\ud800"])
      await setting(bag({}), "weight", value).thenInvalid("value");
  });
  test("[D17] all attributes of one thing together take 16 KiB at most", async () => {
    const nearly = bag({ text: "x".repeat(16_300) });
    await setting(nearly, "more", "y".repeat(60)).thenEvents({
      "game-object/bag": [GameObjectAttributeUpdated({ key: "more", value: "y".repeat(60) })],
    });
    await setting(nearly, "more", "y".repeat(70)).thenRejected("attributes_too_large");
    await setting(nearly, "more", "é".repeat(35)).thenRejected("attributes_too_large");
    await settingMany(nearly, { more: "y".repeat(70) }).thenRejected("attributes_too_large");
    await settingMany(nearly, { text: "short", more: "y".repeat(70) }).thenEvents({
      "game-object/bag": [GameObjectAttributesUpdated({ attributes: { text: "short", more: "y".repeat(70) } })],
    });
    await settingMany(bag({}), { text: "x".repeat(16_384) }).thenInvalid("attributes");
  });
});

describe("sameJson", () => {
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
  test("says of any two values what comparing them deeply says", () => {
    fc.assert(fc.property(json, json, (one, other) => assert.equal(sameJson(one, other), isDeepEqual(one, other))));
    fc.assert(fc.property(json, (value) => sameJson(value, structuredClone(value) as Json)));
  });
  test("a list is no object, and a missing key is not null", () => {
    for (const [one, other] of [
      [[], {}],
      [{ a: null }, {}],
      [{ a: null }, { b: null }],
      [null, {}],
      [
        [1, 2],
        [2, 1],
      ],
      ["1", 1],
    ] as const) {
      assert.ok(!sameJson(one as Json, other as Json));
      assert.ok(!sameJson(other as Json, one as Json));
    }
  });
});

function isDeepEqual(one: Json, other: Json): boolean {
  try {
    assert.deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
