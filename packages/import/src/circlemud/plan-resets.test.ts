import { describe, expect, test } from "vitest";
import { planResets } from "./plan-resets.ts";
import { readWorld } from "./read-world.ts";
import type { ResetPlan } from "./reset-plan.ts";
import { summary } from "./testing/failures.ts";
import { smallWorld, worldWith } from "./testing/small-world.ts";
import { filesInMemory } from "./world-files.ts";

const plan = (resets: string, texts: Parameters<typeof worldWith>[0] = {}): ResetPlan =>
  planResets(readWorld(worldWith({ ...texts, zon: `#1\nZ~\n100 199 1 1\n${resets}\nS` })).world);

/** Every instance as its key and where it is. */
const placed = ({ instances }: ResetPlan): readonly string[] =>
  instances.map(({ key, place }) => {
    if (place.in === "room") return `${key} in ${place.vnum}`;
    return place.as === "worn" ? `${key} worn by ${place.key} as ${place.slot}` : `${key} ${place.as} ${place.key}`;
  });

test("the small world is planned as its resets say", () => {
  const whole = planResets(readWorld(worldWith()).world);
  expect(placed(whole)).toEqual([
    "100-m-100-1 in 100",
    "100-o-100-1 carried 100-m-100-1",
    "100-o-101-1 worn by 100-m-100-1 as wield",
    "101-o-102-1 in 101",
    "101-o-100-1 contained 101-o-102-1",
  ]);
  expect(whole.doors).toEqual([
    { room: 100, direction: "north", state: "closed" },
    { room: 101, direction: "south", state: "open" },
  ]);
  expect(whole.complaints).toEqual([]);
  expect(whole.instances[0]).toMatchObject({
    kind: "mob",
    vnum: 100,
    source: { file: "zon/1.zon", line: 5 },
  });
});

describe("the if-flag", () => {
  test("holds a command back after one that failed, and lets it run after one that succeeded", () => {
    const resets = "M 0 100 0 100\nO 1 100 9 100\nO 1 100 9 100\nO 0 100 9 101\nO 1 100 9 101";
    expect(placed(plan(resets))).toEqual(["101-o-100-1 in 101", "101-o-100-2 in 101"]);
  });

  test("holds back the first command of a zone", () => {
    expect(placed(plan("O 1 100 9 100"))).toEqual([]);
  });

  test.each(["M 0 9 9 100", "M 0 100 9 9", "O 0 9 9 100", "O 0 100 9 9", "R 0 9 100", "R 0 100 9", "D 0 9 0 1", "P 0 100 9 9"])(
    "holds back what follows the unknown number in %j",
    (reset) => {
      expect(placed(plan(`${reset}\nO 1 100 9 100`))).toEqual([]);
    },
  );

  test.each(["G 0 9 9", "E 0 9 9 0", "P 0 9 9 102"])("holds back what follows the unknown object in %j", (reset) => {
    expect(placed(plan(`M 0 100 1 100\nO 0 102 1 100\n${reset}\nO 1 100 9 100`))).toHaveLength(2);
  });

  test("lets run what follows the removal of nothing, or a missing door", () => {
    expect(placed(plan("R 0 100 100\nO 1 100 9 100\nD 0 100 4 1\nO 1 100 9 100"))).toHaveLength(2);
  });
});

describe("the maximum", () => {
  test("counts a prototype in the whole world, wherever it is", () => {
    const first = "O 0 100 3 100\nM 0 100 1 100\nG 1 100 3\nO 0 102 1 101\nP 1 100 3 102\n";
    const full = "O 0 100 3 101\nG 0 100 3\nP 0 100 3 102\nE 0 100 3 17\nM 0 100 1 101";
    expect(placed(plan(first + full))).toEqual([
      "100-o-100-1 in 100",
      "100-m-100-1 in 100",
      "100-o-100-2 carried 100-m-100-1",
      "101-o-102-1 in 101",
      "101-o-100-1 contained 101-o-102-1",
    ]);
  });

  test("counts across zones, in the order of the index", () => {
    const zone = (vnum: number, room: number): string => `#${vnum}\nZ~\n100 199 1 1\nM 0 100 1 ${room}\nS`;
    const base = worldWith();
    const zones = filesInMemory({
      "zon/index": "b.zon\na.zon\n$",
      "zon/a.zon": zone(1, 100),
      "zon/b.zon": zone(2, 101),
    });
    const { world } = readWorld({
      read: (path) => (path.startsWith("zon/") ? zones : base).read(path),
    });
    expect(placed(planResets(world))).toEqual(["101-m-100-1 in 101"]);
  });

  test("has room again after a removal, and a key is never used again", () => {
    expect(placed(plan("O 0 100 1 100\nR 0 100 100\nO 0 100 1 100"))).toEqual(["100-o-100-2 in 100"]);
  });
});

describe("items of a mob", () => {
  test("go to the last mob that was made, also after one that was not", () => {
    const resets = "M 0 100 1 100\nM 0 101 1 101\nM 0 100 1 101\nG 0 100 9";
    expect(placed(plan(resets)).at(-1)).toBe("101-o-100-1 carried 101-m-101-1");
  });

  test("never go to a mob of another zone", () => {
    const base = worldWith();
    const zones = filesInMemory({
      "zon/index": "a.zon\nb.zon\n$",
      "zon/a.zon": "#1\nZ~\n100 199 1 1\nM 0 100 1 100\nS",
      "zon/b.zon": "#2\nZ~\n200 299 1 1\nG 0 100 9\nS",
    });
    const { world } = readWorld({
      read: (path) => (path.startsWith("zon/") ? zones : base).read(path),
    });
    expect(placed(planResets(world))).toEqual(["100-m-100-1 in 100"]);
    expect(planResets(world).complaints.map(summary)).toEqual(["no_mob zon/b.zon:4"]);
  });

  test("are a complaint without a mob", () => {
    const result = plan("G 0 100 9\nE 0 101 9 16\nO 1 100 9 100");
    expect(result.instances).toEqual([]);
    expect(result.complaints.map(summary)).toEqual(["no_mob zon/1.zon:4", "no_mob zon/1.zon:5"]);
  });

  test("never take a slot twice: the second is carried, with a complaint", () => {
    const result = plan("M 0 100 1 100\nE 1 101 9 16\nE 1 101 9 16\nE 1 101 9 17\nG 1 100 9");
    expect(placed(result).slice(1)).toEqual([
      "100-o-101-1 worn by 100-m-100-1 as wield",
      "100-o-101-2 carried 100-m-100-1",
      "100-o-101-3 worn by 100-m-100-1 as hold",
      "100-o-100-1 carried 100-m-100-1",
    ]);
    expect(result.complaints.map(summary)).toEqual(["slot_taken zon/1.zon:6"]);
  });

  test.each([
    ["-350", "k", "carried"],
    ["-349", "k", "worn"],
    ["350", "j", "carried"],
    ["349", "j", "worn"],
    ["-349", "l", "carried"],
    ["349", "l", "carried"],
    ["350", "l", "worn"],
    ["-350", "jl", "worn"],
  ])("may refuse an alignment: at %s an item with the flags %s is %s", (alignment, flags, as) => {
    const mob = smallWorld.mob.replace("ab 0 0 S", `ab 0 ${alignment} S`);
    const obj = smallWorld.obj.replace("5 ag an", `5 ${flags} an`);
    const result = plan("M 0 100 1 100\nE 1 101 9 16", { mob, obj });
    expect(result.instances[1]?.place).toMatchObject({ as });
    expect(result.complaints.map(summary)).toEqual(as === "worn" ? [] : ["alignment_refused zon/1.zon:5"]);
  });
});

describe("contents", () => {
  test("go into the newest instance of the container, wherever it is", () => {
    const first = "O 0 102 9 101\nM 0 100 1 100\nG 1 102 9\nP 0 100 9 102\n";
    const second = "O 0 102 9 101\nP 1 103 9 102\nP 1 102 9 102\nP 1 103 9 102";
    expect(placed(plan(first + second)).filter((line) => line.includes("contained"))).toEqual([
      "100-o-100-1 contained 100-o-102-1",
      "101-o-103-1 contained 101-o-102-2",
      "101-o-102-3 contained 101-o-102-2",
      "101-o-103-2 contained 101-o-102-3",
    ]);
  });

  test("are a complaint, and not made, without a container", () => {
    const result = plan("P 0 100 9 102\nP 0 102 9 102");
    expect(result.instances).toEqual([]);
    expect(result.complaints.map(summary)).toEqual(["no_container zon/1.zon:4", "no_container zon/1.zon:5"]);
  });
});

describe("removal", () => {
  test("takes the newest instance that lies in the room, and all that is in it", () => {
    const first = "O 0 102 9 100\nP 1 100 9 102\nO 0 102 9 100\nP 1 102 9 102\nP 1 103 9 102\n";
    expect(placed(plan(`${first}O 0 102 9 101\nR 0 100 102`))).toEqual([
      "100-o-102-1 in 100",
      "100-o-100-1 contained 100-o-102-1",
      "101-o-102-1 in 101",
    ]);
  });

  test("leaves alone what is not on the floor of that room", () => {
    expect(placed(plan("M 0 100 1 100\nG 1 103 9\nO 0 103 9 101\nR 0 100 103"))).toHaveLength(3);
  });
});

test("the last state that a reset gives a door counts, and an open way stays one", () => {
  const { doors } = plan("D 0 100 0 1\nD 0 100 0 2\nD 0 101 2 2\nD 0 101 2 0\nD 0 101 5 1\nD 0 101 4 1");
  expect(doors).toEqual([
    { room: 100, direction: "north", state: "locked" },
    { room: 101, direction: "south", state: "open" },
  ]);
});
