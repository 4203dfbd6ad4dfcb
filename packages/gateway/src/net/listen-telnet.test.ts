import { expect, describe, it, vi } from "vitest";
import { code, option } from "@aethyr/telnet";
import type { Connection } from "../connection.ts";
import { openGame } from "./test-game.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("telnet over a socket", () => {
  it("carries lines and answers, prompts, hidden typing and GMCP with a client that knows all of it", async () => {
    const game = await openGame("telnet");
    const client = await game.telnet({ gmcp: true, window: [120, 40], names: ["Mudlet", "XTERM", "MTTS 269"] });
    await client.waitFor("Welcome!\n");
    await client.ask("look", "heard: look\n");
    const guest = game.who("look");
    // The last round of names comes after the first line.
    await vi.waitUntil(() => guest.connection.screen().colour);
    expect(guest.connection.screen()).toMatchObject({ width: 120, height: 40, client: "Mudlet", gmcp: true, colour: true });
    expect(guest.connection).toMatchObject({ protocol: "telnet", remote: "127.0.0.1" });

    guest.connection.prompt("> ");
    await client.waitFor("> ");
    await vi.waitUntil(() => client.prompts() === 1);

    guest.connection.hideTyping(true);
    await vi.waitUntil(client.isTypingHidden);
    await client.ask("secret", "\nheard: secret\n");
    guest.connection.hideTyping(false);
    await vi.waitUntil(() => !client.isTypingHidden());

    client.sendGmcp("Core.Supports.Set", ["Room 1"]);
    client.sendGmcp("Char.Items.Contents", "bag");
    await vi.waitUntil(() => guest.messages.length === 1);
    expect(guest.messages).toEqual([{ package: "Char.Items.Contents", data: "bag" }]);
    guest.connection.gmcp({ package: "Char.Vitals", data: {} });
    guest.connection.gmcp({ package: "Room.Info", data: { name: "The Quay" } });
    expect(await client.waitForGmcp("Room.Info")).toEqual({ name: "The Quay" });
    expect(client.gmcp()).toHaveLength(1);
  });

  it("carries lines with a program that speaks no telnet", async () => {
    const game = await openGame("telnet");
    const client = await game.telnet({ telnet: false });
    await client.ask("look", "heard: look\n");
    expect(game.who("look").connection.screen()).toMatchObject({ width: undefined, client: undefined, gmcp: false, colour: false });
  });

  it("lets lines wait until the game asks for one, and gives them one by one", async () => {
    const connections: Connection[] = [];
    const game = await openGame("telnet", { onConnection: (connection) => connections.push(connection) });
    const client = await game.telnet();
    client.send("one");
    client.send("two");
    await vi.waitUntil(() => game.listener.stats().bytesIn >= 10);
    const connection = connections[0]!;
    expect(await connection.nextLine()).toBe("one");
    expect(await connection.nextLine()).toBe("two");
    // Who asks twice waits for one and the same line.
    const asked = [connection.nextLine(), connection.nextLine()];
    client.send("three");
    client.send("four");
    expect(await Promise.all(asked)).toEqual(["three", "three"]);
    expect(await connection.nextLine()).toBe("four");
  });

  it.each([
    ["left", "hangs up", (client: { close(): void }) => client.close()],
    ["lost", "breaks off", (client: { disconnect(): void }) => client.disconnect()],
  ] as const)("tells the game once that a person %s who %s", async (why, _, act) => {
    const game = await openGame("telnet");
    const client = await game.telnet();
    await client.ask("look", "heard: look\n");
    act(client as never);
    const guest = game.who("look");
    await vi.waitUntil(() => guest.ends.length > 0);
    guest.connection.write("nobody reads this");
    guest.connection.close("nor this");
    await vi.waitUntil(() => game.listener.stats().open === 0);
    expect([guest.ends, game.listener.stats().ended[why]]).toEqual([[why], 1]);
  });

  it("tells a game that asks late that nobody is there any more", async () => {
    const connections: Connection[] = [];
    const game = await openGame("telnet", { onConnection: (connection) => connections.push(connection) });
    const client = await game.telnet();
    client.send("look");
    client.close();
    await vi.waitUntil(() => game.listener.stats().ended.left === 1);
    await expect(connections[0]?.nextLine()).rejects.toMatchObject({ code: "connection_ended", details: { why: "left" } });
  });

  it("writes a last text before it closes a connection, and hears nothing after it", async () => {
    const game = await openGame("telnet", {
      onLine: (guest, line) => (line === "quit" ? guest.connection.close("Farewell.\n") : undefined),
    });
    const client = await game.telnet();
    client.sendBytes(bytes("quit\r\nlook\r\nlook\r\n"));
    await client.waitFor("Farewell.\n");
    await client.waitForEnd();
    expect([game.guests[0]?.lines, game.guests[0]?.ends]).toEqual([["quit"], ["closed"]]);
  });

  it("ends a connection that is closed here and whose client does not go", async () => {
    const game = await openGame("telnet", { limits: { closeMs: 50 } });
    const client = await game.telnet({ telnet: false });
    await client.ask("look", "heard: look\n");
    client.pause();
    game.who("look").connection.close("Farewell.\n");
    await vi.waitUntil(() => game.listener.stats().open === 0);
  });

  it("tells everybody when the listener closes, and is free of them after it", async () => {
    const game = await openGame("telnet", { limits: { closeMs: 100 } });
    const clients = [await game.telnet(), await game.telnet(), await game.telnet({ telnet: false })];
    for (const client of clients) await client.ask("hello", "heard: hello\n");
    clients[2]?.pause();
    await game.listener.close("The world sleeps now.\n");
    await clients[0]?.waitFor("The world sleeps now.\n");
    await clients[1]?.waitFor("The world sleeps now.\n");
    expect(game.listener.stats()).toMatchObject({ open: 0, accepted: 3, ended: { closed: 3 } });
    expect(game.guests.map((guest) => guest.ends)).toEqual([["closed"], ["closed"], ["closed"]]);
    await expect(game.telnet()).rejects.toThrow("ECONNREFUSED");
  });

  it("leaves no timer behind when it is closed", async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const game = await openGame("telnet", { limits: { burstLines: 1, linesPerSecond: 0.001, closeMs: 100_000 } });
    const client = await game.telnet();
    for (const line of ["one", "two", "three"]) client.send(line);
    await client.waitFor("heard: one\n");
    await game.listener.close("Farewell.\n");
    await vi.waitUntil(() => timers() <= before);
  });

  it("says which address it cannot listen at", async () => {
    const game = await openGame("telnet");
    await expect(openGame("telnet", { port: game.listener.port })).rejects.toMatchObject({
      code: "player_address",
      message: expect.stringContaining(`127.0.0.1:${game.listener.port}`),
    });
    await expect(openGame("websocket", { port: game.listener.port })).rejects.toMatchObject({ code: "player_address" });
  });

  it("ends the connection, and no other, at which the game fails, and says so in the log", async () => {
    const game = await openGame("telnet", {
      onGmcp() {
        throw new Error("a bug");
      },
    });
    const [one, other] = [await game.telnet({ gmcp: true }), await game.telnet()];
    await one.ask("look", "heard: look\n");
    one.sendGmcp("Char.Items.Inv", "");
    await one.waitFor("Something went wrong here.");
    await one.waitForEnd();
    await other.ask("look", "heard: look\n");
    expect(game.complaints).toEqual(["the game failed on what a connection said"]);

    const failing = await openGame("telnet", {
      onConnection() {
        throw new Error("a bug");
      },
    });
    await (await failing.telnet()).waitFor("Something went wrong here.");
    expect(failing.complaints).toEqual(["the game failed on a new connection"]);
  });

  it("tells lists of games what they ask", async () => {
    const game = await openGame("telnet", { status: () => ({ NAME: "Skerrow" }) });
    const client = await game.telnet({ telnet: false });
    await client.waitFor("Welcome!");
    client.sendBytes(Uint8Array.of(code.IAC, code.DO, option.MSSP));
    // A subnegotiation is no text: what the client sees is that the game goes on, and what was sent.
    const before = game.listener.stats().bytesOut;
    await client.ask("look", "heard: look\n");
    expect(game.listener.stats().bytesOut - before).toBeGreaterThan("heard: look\r\n".length + "NAMESkerrow".length);
  });
});
