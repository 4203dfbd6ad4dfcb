import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPerson } from "../testing/scripted-connection.ts";
import { password, startSmallGame } from "../testing/small-game.ts";
import { choose, wantedOf } from "./grammar/wanted.ts";
import { splitAt } from "./grammar/split.ts";
import { spokenLine, cleanText } from "./texts/clean.ts";
import { counted, listed } from "./texts/english.ts";
import { wrap } from "./texts/wrap.ts";

const nasty = fc.string({
  unit: fc.constantFrom("a", " ", "\n", "\r", "\t", "\u001b", "\u009b", "\u0007", "\u202e", "\u2028", "\u200b", "界", "é", "👍"),
});

describe("texts", () => {
  test("no control, escape, direction mark or invisible character reaches a screen", () =>
    fc.assert(
      fc.property(nasty, (text) => {
        expect(cleanText(text)).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(spokenLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    ));
  test("what a person says is one line of bounded length", () => {
    expect(spokenLine(`  a \n b\t c ${"x".repeat(900)}`)).toMatch(/^a b c x{494}$/);
    expect(Array.from(spokenLine("👍".repeat(900), 10))).toHaveLength(10);
  });
  test("wrapped lines are as wide as the screen at most, lose nothing, and those that go on stand in", () =>
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "界"), maxLength: 60 })),
        fc.integer({ min: 20, max: 60 }),
        (words, width) => {
          const text = words.filter((word) => word !== "").join(" ");
          const lines = wrap(text, width, "  ").split("\n");
          for (const line of lines)
            expect(Array.from(line).reduce((sum, each) => sum + (each === "界" ? 2 : 1), 0)).toBeLessThanOrEqual(width);
          for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}\S/);
          expect(
            lines
              .map((line) => line.trim())
              .join("")
              .replaceAll(" ", ""),
          ).toBe(text.replaceAll(" ", ""));
        },
      ),
    ));
  test("lists and numbers read as English", () => {
    expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual(["nothing", "a", "a and b", "a, b and c"]);
    expect([counted(1, "thing"), counted(2, "thing")]).toEqual(["1 thing", "2 things"]);
  });
});

describe("what a thing is called", () => {
  const things = ["swordfish", "sword", "sword", "axe"];
  const named = (text: string) =>
    choose(
      wantedOf(text),
      things.map((name, index) => ({ name, index })),
      ({ name }) => [name, "old"],
    ).map(({ index }) => index);
  test.each<readonly [string, readonly number[]]>([
    ["sword", [1]],
    ["swor", [0]],
    ["2.sword", [2]],
    ["3.sword", []],
    ["all", [0, 1, 2, 3]],
    ["all.sword", [1, 2]],
    ["all swo", [0, 1, 2]],
    ["the old sword", [1]],
    ["old axe", [3]],
    ["new axe", []],
    ["0.axe", [3]],
    ["", []],
    ["the", []],
    ["allow", []],
  ])("`%s`", (text, indexes) => expect(named(text)).toEqual(indexes));
  test("a word between two others splits them, the last one of several", () => {
    expect(splitAt("sword from bag", "from")).toEqual(["sword", "bag"]);
    expect(splitAt("letter from home FROM old bag", "from")).toEqual(["letter from home", "old bag"]);
    for (const text of ["from bag", "sword from", "sword", ""]) expect(splitAt(text, "from")).toBeUndefined();
  });
});

describe("a person's text", () => {
  test("cannot fake a prompt, another line, or another screen", async () => {
    await using small = await startSmallGame();
    const ann = await small.arrive("Ann", { width: 40 });
    const bob = await small.arrive("Bob", { width: 40 });
    await ann.see("Bob arrives.\n> ");
    await bob.do(`say \u001b[2J\u001b[1;1H> quit\u2028> ${"x".repeat(30)} > By what name are you known? ${"y".repeat(90)}`);
    const seen = await ann.see("\n> ");
    expect(seen).not.toMatch(/[^\P{Cc}\n]|\p{Zl}/u);
    const lines = seen.trim().split("\n");
    expect(lines[0]).toMatch(/^Bob says, "/);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^ {2}/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    await bob.do("pose > is faking a prompt\u001b[0m");
    expect(await ann.see("\n> ")).toBe("\nBob > is faking a prompt[0m.\n> ");
  });
  test("of builders is cleaned too, and keeps its lines", async () => {
    await using small = await startSmallGame();
    await small.make("UpdateRoomDescription", "room/hall", { description: "One.\r\n\tTwo.\u001b]0;title\u0007" });
    await small.settled();
    const ann = await small.arrive("Ann");
    expect(await ann.do("look")).toContain("One.\n Two.]0;title\n");
  });
  test("of passwords is in no log", async () => {
    const said: string[] = [];
    const note = (fields: object, message: string) => void said.push(JSON.stringify([fields, message]));
    await using small = await startSmallGame({ game: { log: { info: note, warn: note, error: note } } });
    const ann = await small.arrive("Ann");
    ann.type("setpassword", "correct horse", "battery staple", "battery staple");
    await ann.see("another now.\n");
    expect(said.length).toBeGreaterThan(0);
    expect(said.join()).not.toMatch(/horse|staple|argon/);
  });
});

describe("colours", () => {
  const escape = "\u001b";
  const bold = (text: string) => `${escape}[1m${text}${escape}[0m`;
  const plain = (text: string) => ["0", "1", "32", "36"].reduce((rest, code) => rest.replaceAll(`${escape}[${code}m`, ""), text);

  test("are few, end with their line, and change nothing but the colour", async () => {
    await using small = await startSmallGame();
    const ann = await small.arrive("Ann", { colour: true, width: 30 });
    const bob = await small.arrive("Bob", { width: 30 });
    await ann.see("Bob arrives.\n> ");
    const seen = await ann.do("look");
    expect(seen).toBe(`${bold("The Hall")}\nA hall of stone.\n\n${escape}[36mExits: down${escape}[0m\nBob is here.\n> `);
    await bob.do("say one two three four five six seven");
    const [first, second] = ['Bob says, "one two three four', '  five six seven"'].map((line) => `${escape}[32m${line}${escape}[0m`);
    expect(await ann.see("\n> ")).toBe(`\n${first}\n${second}\n> `);
    expect(plain(ann.screen())).not.toContain(escape);
    expect(await bob.do("look")).toBe(plain(seen).replace("Bob", "Ann"));
    expect(bob.screen()).not.toContain(escape);
    await bob.do("tell ann psst");
    await ann.see(`${escape}[32mBob tells you, "psst"${escape}[0m\n`);
  });

  test("are switched off and on by whoever plays, until they leave", async () => {
    await using small = await startSmallGame();
    const ann = await small.arrive("Ann", { colour: true });
    expect(await ann.do("colour")).toBe("You see colours.\n> ");
    expect(await ann.do("colour off")).toBe("You see no colours.\n> ");
    expect(await ann.do("look")).not.toContain(escape);
    expect(await ann.do("colour on")).toBe("You see colours.\n> ");
    expect(await ann.do("look")).toContain(bold("The Hall"));
    expect(await ann.do("colour blue")).toBe("Colour on, or colour off?\n> ");
    await ann.do("colour off");
    ann.type("quit");
    await ann.see("Goodbye.");
    const again = createPerson({ colour: true });
    small.game.accept(again.connection);
    again.type("ann", password);
    await again.see(bold("The Hall"));
  });

  test("are for no client that does not say that it can show them", async () => {
    await using small = await startSmallGame();
    const ann = await small.arrive("Ann");
    expect(await ann.do("colour on")).toContain("your client does not say that it can");
    expect(await ann.do("look")).not.toContain(escape);
  });

  test("cannot be brought in by what people and builders write", async () => {
    await using small = await startSmallGame();
    await small.make("CreateRoom", "room/attic", { name: `Red${escape}[31m Attic${escape}[0m` });
    await small.make("AddRoomExit", "room/hall", { direction: "up", targetRoomId: "attic" });
    await small.settled();
    const ann = await small.arrive("Ann", { colour: true });
    ann.type("up");
    await ann.see(bold("Red[31m Attic[0m"));
  });
});
