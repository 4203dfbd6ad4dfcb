import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { ScriptedClient } from "../testing/index.ts";
import { createAdmission } from "./admission.ts";
import { openGame, type TestGame } from "./test-game.ts";

const kilobyte = "x".repeat(1_023);
const tooLong = "That line is longer than 1000 characters, so nothing of it was read.\n";
const tooFast = "You are typing faster than this game reads: some of your lines were dropped.\n";

/** Every bound holds for both, however the bytes travel. */
const protocols = [
  ["telnet", (game: TestGame): Promise<ScriptedClient> => game.telnet()],
  ["websocket", (game: TestGame): Promise<ScriptedClient> => game.webSocket()],
] as const;

describe.each(protocols)("the bounds of a %s connection", (protocol, connect) => {
  it("a slow reader costs its bound of memory, then its connection, and nobody else anything", async () => {
    const backlogBytes = 100_000;
    const game = await openGame(protocol, { limits: { backlogBytes } });
    const [slow, quick] = [await connect(game), await connect(game)];
    await slow.ask("slow", "heard: slow\n");
    await quick.ask("quick", "heard: quick\n");
    slow.pause();
    const { connection, ends } = game.who("slow");
    let written = 0;
    await vi.waitUntil(
      () => {
        // The operating system takes some megabytes before anything waits here.
        for (let count = 0; count < 50 && ends.length === 0; count += 1) connection.write(`${kilobyte}\n`);
        written += 50;
        return ends.length > 0;
      },
      { timeout: 20_000, interval: 1 },
    );
    expect(ends).toEqual(["too_slow"]);
    expect(written).toBeGreaterThan(50);
    await quick.ask("still here", "heard: still here\n");
    await vi.waitUntil(() => game.listener.stats().open === 1);
    expect(game.listener.stats().ended.too_slow).toBe(1);
  });

  it("text at once up to the bound ends nothing, and over it ends at once", async () => {
    const game = await openGame(protocol, { limits: { backlogBytes: 100_000 } });
    const client = await connect(game);
    await client.ask("help", "heard: help\n");
    const { connection, ends } = game.who("help");
    connection.write("y".repeat(90_000));
    await client.waitFor("y".repeat(90_000));
    connection.write("y".repeat(16 * 1_024 * 1_024));
    // Not from within the write: the game may be in the middle of anything.
    expect(ends).toEqual([]);
    await client.waitForEnd();
    expect(ends).toEqual(["too_slow"]);
  });

  it("a pasted script of twenty lines passes at once", async () => {
    const game = await openGame(protocol);
    const client = await connect(game);
    const script = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    for (const line of script) client.send(line);
    await client.waitFor("heard: line 19\n", 5_000);
    expect(game.who("line 0").lines).toEqual(script);
    expect(game.listener.stats().droppedLines).toBe(0);
  });

  it("lines faster than they are read wait, in their order; those beyond the bound are dropped with one word", async () => {
    const game = await openGame(protocol, { limits: { burstLines: 5, linesPerSecond: 100, waitingLines: 10 } });
    const client = await connect(game);
    // They wait for their turn in here, so that all are there before the first is due again.
    for (let index = 0; index < 40; index += 1) client.send(`line ${index}`);
    await client.waitFor(tooFast);
    await client.waitFor("heard: line 10\n");
    await client.ask("afterwards", "heard: afterwards\n");
    const { lines, ends } = game.who("afterwards");
    expect(lines.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, index) => `line ${index}`));
    expect(lines.length).toBeLessThan(41);
    expect(lines.length + game.listener.stats().droppedLines).toBe(41);
    expect([ends, client.output().split(tooFast).length - 1]).toEqual([[], 1]);
  });

  it("a flood ends its connection, after a word, and no other", async () => {
    const game = await openGame(protocol, {
      limits: { burstLines: 2, linesPerSecond: 1, waitingLines: 10, droppedLines: 100, connectionsPerAddress: 2 },
    });
    const [flood, other] = [await connect(game), await connect(game)];
    for (let index = 0; index < 200; index += 1) flood.send("flood");
    await flood.waitFor("Too much at once. Goodbye.\n");
    await flood.waitForEnd();
    const guest = game.who("flood");
    expect([guest.ends, guest.lines.length <= 3]).toEqual([["flooded"], true]);
    await other.ask("look", "heard: look\n");
  });

  it("a flood of messages is dropped, and ends nothing", async () => {
    const game = await openGame(protocol, { limits: { burstMessages: 5, messagesPerSecond: 0.01 } });
    const client =
      protocol === "telnet" ? await game.telnet({ gmcp: true }) : await game.webSocket({ protocols: ["gmcp.mudstandards.org"] });
    await client.ask("hello", "heard: hello\n");
    for (let index = 0; index < 50; index += 1) client.sendGmcp("Char.Login", index);
    await client.ask("look", "heard: look\n");
    expect(game.who("look").messages.map((message) => message.data)).toEqual([0, 1, 2, 3, 4]);
    expect(game.listener.stats().droppedMessages).toBe(45);
  });

  it("a message that cannot be kept is none", async () => {
    const game = await openGame(protocol);
    const client =
      protocol === "telnet" ? await game.telnet({ gmcp: true }) : await game.webSocket({ protocols: ["json.mudstandards.org"] });
    await client.ask("hello", "heard: hello\n");
    client.sendGmcp("Char.Login", JSON.parse(`${"[".repeat(70)}${"]".repeat(70)}`) as never);
    client.sendGmcp("Char.Login");
    await client.ask("look", "heard: look\n");
    expect(game.who("look").messages).toEqual([{ package: "Char.Login", data: undefined }]);
    expect(game.listener.stats().droppedMessages).toBe(1);
  });

  it("a line over the limit is not read, with a word, and the next one is", async () => {
    const game = await openGame(protocol);
    const client = await connect(game);
    client.send("x".repeat(1_001));
    await client.waitFor(tooLong);
    client.send("y".repeat(1_000));
    await client.waitFor(`heard: ${"y".repeat(1_000)}\n`);
    expect(game.guests[0]?.lines).toEqual(["y".repeat(1_000)]);
    expect(game.listener.stats().droppedLines).toBe(1);
  });

  it("those beyond the number of one address read why they are turned away, until one leaves", async () => {
    const game = await openGame(protocol, { limits: { connectionsPerAddress: 2 } });
    const [first] = [await connect(game), await connect(game)];
    const third = await connect(game);
    await third.waitFor("There are too many connections from your address already.");
    expect(await third.waitForEnd()).toBe(protocol === "telnet" ? 0 : 1_013);
    expect([game.guests.length, game.listener.stats().refused, game.complaints.length]).toEqual([2, 1, 1]);
    await connect(game);
    expect([game.listener.stats().refused, game.complaints.length]).toEqual([2, 1]);
    first?.close();
    await vi.waitUntil(() => game.listener.stats().open === 1);
    await (await connect(game)).ask("look", "heard: look\n");
  });

  it("those beyond the number of the game are turned away; several listeners can count together", async () => {
    const admission = createAdmission({ connections: 2, connectionsPerAddress: 10 });
    const [one, other] = [await openGame("telnet", { admission }), await openGame(protocol, { admission })];
    await (await one.telnet()).ask("look", "heard: look\n");
    await (await connect(other)).ask("look", "heard: look\n");
    await (await connect(other)).waitFor("This game is full at the moment.");
  });

  it("whoever is gone without a word is lost when no sign of life comes any more", async () => {
    const game = await openGame(protocol, { limits: { idleMs: 20, answerMs: 400 } });
    const [dead, alive] = [await connect(game), await connect(game)];
    await dead.ask("dead", "heard: dead\n");
    await alive.ask("alive", "heard: alive\n");
    const guest = game.who("dead");
    const probed = (): number => game.listener.stats().bytesOut;
    // A telnet client has to have answered some before silence means anything.
    if (protocol === "telnet") {
      const before = probed();
      await vi.waitUntil(() => probed() > before + 30);
    }
    dead.playDead();
    await vi.waitUntil(() => guest.ends.length > 0, { timeout: 10_000 });
    expect([guest.ends, game.who("alive").ends]).toEqual([["lost"], []]);
    await dead.waitForEnd();
  });

  it("output that nobody takes ends the connection after a time", async () => {
    const game = await openGame(protocol, { limits: { stallMs: 200, backlogBytes: 64 * 1_024 * 1_024 } });
    const client = await connect(game);
    await client.ask("look", "heard: look\n");
    client.pause();
    const { connection, ends } = game.who("look");
    connection.write("z".repeat(16 * 1_024 * 1_024));
    await vi.waitUntil(() => ends.length > 0);
    expect(ends).toEqual(["lost"]);
  });

  it("bytes beyond the rate are not even read, while others are", async () => {
    const game = await openGame(protocol, { limits: { burstBytes: 10_000, bytesPerSecond: 1 } });
    const [flood, other] = [await connect(game), await connect(game)];
    for (let count = 0; count < 300; count += 1) flood.sendBytes(new Uint8Array(60_000));
    for (let count = 0; count < 20; count += 1) await other.ask(`here ${count}`, `heard: here ${count}\n`);
    expect(game.listener.stats().bytesIn).toBeLessThan(1_000_000);
  });

  it("lines that wait when it ends are never heard", async () => {
    const game = await openGame(protocol, {
      limits: { burstLines: 1, linesPerSecond: 50 },
      onLine: (guest, line) => (line === "quit" ? guest.connection.close("Farewell.\n") : guest.connection.write(`heard: ${line}\n`)),
    });
    const [client, other] = [await connect(game), await connect(game)];
    for (const line of ["a", "quit", "b", "c"]) client.send(line);
    await client.waitFor("Farewell.\n");
    // Its own lines have the same pace: by then, those that wait would have been due.
    for (const line of ["1", "2", "3", "4", "5"]) other.send(line);
    await other.waitFor("heard: 5\n");
    expect(game.who("a").lines).toEqual(["a", "quit"]);
  });

  it("bytes beyond the rate wait in the network, and none is lost", async () => {
    const game = await openGame(protocol, { limits: { burstBytes: 10_000, bytesPerSecond: 200_000, burstLines: 1_000 } });
    const client = await connect(game);
    for (let index = 0; index < 100; index += 1) client.send("w".repeat(900));
    await client.ask("the end", "heard: the end\n");
    expect(game.who("the end").lines).toHaveLength(101);
  });
});

describe("telnet that means no good", () => {
  it("of ten megabytes in one line nothing is kept, one word is said, and the others do not notice", async () => {
    const game = await openGame("telnet", { limits: { burstBytes: 32 * 1_024 * 1_024 } });
    const [client, other] = [await game.telnet(), await game.telnet()];
    await client.waitFor("Welcome!");
    const before = process.memoryUsage().heapUsed;
    const piece = new Uint8Array(1_024 * 1_024).fill(120);
    for (let count = 0; count < 10; count += 1) {
      client.sendBytes(piece);
      await other.ask(`here ${count}`, `heard: here ${count}\n`);
    }
    client.send("");
    await client.ask("look", "heard: look\n");
    expect(client.output().split(tooLong)).toHaveLength(2);
    expect(game.who("look").lines).toEqual(["look"]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1_024 * 1_024);
  });

  it("any bytes over a socket leave the listener and the others as they were", async () => {
    const game = await openGame("telnet", { limits: { connectionsPerAddress: 1_000, burstLines: 10_000 } });
    const other = await game.telnet();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), fc.nat(), async (pieces, seed) => {
        const client = await game.telnet({ telnet: false });
        for (const piece of pieces) client.sendBytes(piece);
        client.sendBytes(Uint8Array.of(255, 250, 201));
        client.sendBytes(randomBytes(2_000));
        client.close();
        await client.waitForEnd();
        await other.ask(`still ${seed}`, `heard: still ${seed}\n`);
      }),
      { numRuns: 50 },
    );
    await vi.waitUntil(() => game.listener.stats().open === 1);
    expect(game.complaints).toEqual([]);
  });

  it("what is not UTF-8 is heard as Latin-1 and answered so, and nothing that steers a terminal passes", async () => {
    const game = await openGame("telnet");
    const client = await game.telnet({ telnet: false });
    client.sendBytes(Uint8Array.from([...Buffer.from("caf\u00e9 \u001b[2J\u0007\u009b31mx", "latin1"), 13, 10]));
    await vi.waitUntil(() => game.guests[0]?.lines.length === 1);
    expect(game.guests[0]?.lines).toEqual(["café x"]);
  });

  it("whoever asks for answers without end and reads none is too slow", async () => {
    const game = await openGame("telnet", { limits: { backlogBytes: 50_000, burstBytes: 1024 ** 3 } });
    const client = await game.telnet({ telnet: false });
    await client.waitFor("Welcome!");
    client.pause();
    const questions = new Uint8Array(256 * 1_024).map((_, index) => (index % 2 === 0 ? 255 : 246));
    await vi.waitUntil(
      () => {
        client.sendBytes(questions);
        return game.listener.stats().ended.too_slow === 1;
      },
      { timeout: 20_000, interval: 20 },
    );
  });
});
