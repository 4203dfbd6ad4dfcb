import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { option } from "@aethyr/telnet";
import { openGame } from "./test-game.ts";

/** What a server says to an HTTP request that may or may not become a WebSocket. */
async function request(port: number, ...headers: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (bytes) => {
    answer += bytes.toString();
  });
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`);
  await once(socket, "close");
  return answer;
}

const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="];

describe("players by WebSocket", () => {
  it.each([
    [[], ""],
    [["terminal.mudstandards.org"], "terminal.mudstandards.org"],
    [["x.example", "gmcp.mudstandards.org", "json.mudstandards.org"], "gmcp.mudstandards.org"],
    [["json.mudstandards.org", "gmcp.mudstandards.org"], "json.mudstandards.org"],
  ])("offering %j get their first choice that is spoken here, and play", async (protocols, chosen) => {
    const game = await openGame("websocket");
    const client = await game.webSocket({ protocols });
    expect(client.protocol).toBe(chosen);
    await client.waitFor("Welcome!\n");
    await client.ask("look\nat é", "heard: at é\n");
    const guest = game.who("look");
    expect(guest.lines).toEqual(["look", "at é"]);
    client.sendBytes(Buffer.from("one\r\ntwo\u001b[2J\r\n"));
    await client.waitFor("heard: two\n");
    guest.connection.prompt("> ");
    await client.waitFor("> ");
    expect(guest.connection.screen()).toMatchObject({ gmcp: /gmcp|json/u.test(chosen), colour: chosen !== "" });
  });

  it.each(["gmcp.mudstandards.org", "json.mudstandards.org"])("have messages and hidden typing by %s", async (protocol) => {
    const game = await openGame("websocket");
    const client = await game.webSocket({ protocols: [protocol] });
    client.sendGmcp("Core.Hello", { client: "Web" });
    client.sendGmcp("Core.Ping");
    expect(await client.waitForGmcp("Core.Ping")).toBeUndefined();
    client.sendGmcp("Char.Login", { name: "Ann" });
    await client.ask("look", "heard: look\n");
    const guest = game.who("look");
    expect([guest.messages, guest.connection.screen().client]).toEqual([[{ package: "Char.Login", data: { name: "Ann" } }], "Web"]);
    guest.connection.gmcp({ package: "Room.Info", data: { name: "Quay" } });
    expect(await client.waitForGmcp("Room.Info")).toEqual({ name: "Quay" });
    guest.connection.hideTyping(true);
    await vi.waitUntil(client.isTypingHidden);
  });

  it("may say text and nonsense in envelopes", async () => {
    const game = await openGame("websocket");
    const raw = new WebSocket(`ws://127.0.0.1:${game.listener.port}/`, ["json.mudstandards.org"]);
    await once(raw, "open");
    const frames = ["{", "7", "{}", '{"proto":"telnet_31","id":"NAWS","data":"x"}', '{"proto":"gmcp","id":"","data":"{"}'];
    for (const frame of [...frames, '{"proto":"text","data":"look\\nwho"}']) raw.send(frame);
    await vi.waitUntil(() => game.guests[0]?.lines.length === 2);
    expect([game.guests[0]?.lines, game.guests[0]?.messages]).toEqual([["look", "who"], []]);
    raw.terminate();
  });

  it("may speak telnet, all of it, in frames cut anywhere", async () => {
    const game = await openGame("websocket", { limits: { idleMs: 20 } });
    const raw = new WebSocket(`ws://127.0.0.1:${game.listener.port}/`, ["telnet.mudstandards.org"]);
    const received: Buffer[] = [];
    raw.on("message", (data: Buffer) => received.push(data));
    await once(raw, "open");
    for (const byte of [255, 251, option.NAWS, 255, 250, option.NAWS, 0, 100, 0, 50, 255, 240, ...Buffer.from("look\r\n")])
      raw.send(Buffer.of(byte));
    await vi.waitUntil(() => Buffer.concat(received).includes("heard: look\r\n"));
    expect(game.who("look").connection.screen()).toMatchObject({ width: 100, height: 50 });
    expect(Buffer.concat(received).includes(Buffer.of(255, 253, option.NAWS))).toBe(true);
    // Asked for a sign of life as a WebSocket is, not by telnet.
    await once(raw, "ping");
    expect(Buffer.concat(received).includes(Buffer.of(255, 253, option.TIMING_MARK))).toBe(false);
    raw.close();
    await vi.waitUntil(() => game.who("look").ends[0] === "left");
  });

  it("of pages that are not allowed, or with no protocol that is spoken here, are told why they cannot", async () => {
    const game = await openGame("websocket", { allowedOrigins: ["https://play.example"] });
    const { port } = game.listener;
    await expect(game.webSocket({ origin: "https://evil.example" })).rejects.toThrow("403");
    expect(await request(port, ...upgrade, "Origin: https://evil.example")).toMatch(
      /^HTTP\/1.1 403 .*pages of this origin may not connect here\n$/su,
    );
    expect(await request(port, ...upgrade, "Sec-WebSocket-Protocol: x.example, y")).toMatch(
      /^HTTP\/1.1 400 .*terminal\.mudstandards\.org/su,
    );
    expect(await request(port, "Connection: Upgrade", "Upgrade: websocket")).toMatch(/^HTTP\/1.1 400 /u);
    expect(await request(port)).toMatch(/^HTTP\/1.1 426 .*Players connect here by WebSocket/su);
    expect(await request(port, `X: ${"x".repeat(20_000)}`)).toMatch(/^HTTP\/1.1 431 /u);
    expect(game.guests).toEqual([]);
    await (await game.webSocket({ origin: "https://play.example" })).ask("look", "heard: look\n");
    await (await game.webSocket()).ask("look", "heard: look\n");
    expect(game.listener.stats()).toMatchObject({ refused: 3, accepted: 2 });
  });

  it("are known by the address that a trusted proxy saw, and only by that one's word", async () => {
    const headers = { "x-forwarded-for": "6.6.6.6, 203.0.113.9" };
    for (const [trustProxy, remote] of [
      [true, "203.0.113.9"],
      [false, "127.0.0.1"],
    ] as const) {
      const game = await openGame("websocket", { trustProxy });
      await (await game.webSocket({ headers })).ask("look", "heard: look\n");
      expect(game.who("look").connection.remote).toBe(remote);
    }
    const game = await openGame("websocket", { trustProxy: true });
    await (await game.webSocket()).ask("look", "heard: look\n");
    expect(game.who("look").connection.remote).toBe("127.0.0.1");
  });

  it.each([
    ["left", (client: { close(): void }): void => client.close()],
    ["lost", (client: { disconnect(): void }): void => client.disconnect()],
  ] as const)("are %s, once", async (why, act) => {
    const game = await openGame("websocket");
    const client = await game.webSocket();
    await client.ask("look", "heard: look\n");
    act(client as never);
    await vi.waitUntil(() => game.listener.stats().open === 0);
    game.who("look").connection.write("nobody reads this");
    expect([game.who("look").ends, game.listener.stats().ended[why]]).toEqual([[why], 1]);
  });

  it("are ended as flooded by a frame over the bound, without its being read, and as lost by frames that are none", async () => {
    const game = await openGame("websocket", { limits: { closeMs: 50 } });
    const big = await game.webSocket();
    big.sendBytes(Buffer.alloc(10 * 1_024 * 1_024, "x"));
    await vi.waitUntil(() => game.guests[0]?.ends.length === 1);
    expect(game.guests[0]?.ends).toEqual(["flooded"]);
    expect(game.listener.stats().bytesIn).toBe(0);

    // One that does not go by itself, either.
    const broken = connect({ port: game.listener.port, host: "127.0.0.1", allowHalfOpen: true });
    broken.write(`GET / HTTP/1.1\r\nHost: x\r\n${upgrade.join("\r\n")}\r\n\r\n`);
    broken.resume();
    await vi.waitUntil(() => game.guests.length === 2);
    broken.write(Buffer.alloc(100, 0xff));
    await vi.waitUntil(() => game.guests[1]?.ends.length === 1);
    expect(game.guests[1]?.ends).toEqual(["lost"]);
    await vi.waitUntil(() => game.listener.stats().open === 0);
    broken.destroy();
  });

  it("read a last text when the listener closes; whoever is not through its handshake then is gone, too", async () => {
    const game = await openGame("websocket", { limits: { closeMs: 100 } });
    const client = await game.webSocket();
    await client.ask("look", "heard: look\n");
    const idle = connect(game.listener.port, "127.0.0.1");
    await once(idle, "connect");
    idle.resume();
    const slow = await game.webSocket();
    await slow.ask("slow", "heard: slow\n");
    slow.pause();
    const idleClosed = once(idle, "close");
    await game.listener.close("The world sleeps now.\n");
    await client.waitFor("The world sleeps now.\n");
    expect(await client.waitForEnd()).toBe(1_000);
    await idleClosed;
    expect(game.listener.stats()).toMatchObject({ open: 0, ended: { closed: 2 } });
  });
});
