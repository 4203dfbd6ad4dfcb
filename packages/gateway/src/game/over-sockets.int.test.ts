import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestWorld } from "@aethyr/client/testing";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { world } from "@aethyr/world";
import { expect, test } from "vitest";
import { listenTelnet } from "../net/listen-telnet.ts";
import { listenWebSocket } from "../net/listen-websocket.ts";
import type { ScriptedClient } from "../testing/scripted-client.ts";
import { password, startSmallGame } from "../testing/small-game.ts";
import { connectTelnet } from "../testing/telnet-client.ts";
import { connectWebSocket } from "../testing/websocket-client.ts";

const rounds = Number(process.env["AETHYR_SOCKET_ROUNDS"] ?? 25);
const quiet = { info() {}, warn() {}, error() {} };

async function arrive(client: ScriptedClient, name: string): Promise<void> {
  await client.waitFor("known? ");
  await client.ask(name, "(yes or no) ");
  await client.ask("yes", "characters): ");
  expect(client.isTypingHidden()).toBe(true);
  await client.ask(password, "again: ");
  await client.ask(password, "\n> ");
  expect(client.isTypingHidden()).toBe(false);
}

test(
  "[D30] two who reach for one sword over real sockets, and a log on disk: there is one sword, in one place",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "aethyr-game-"));
    const store = await openSqliteEventStore({ directory });
    const limits = { linesPerSecond: 1_000_000 };
    {
      await using small = await startSmallGame({ world: await startTestWorld(world, { store }) });
      const options = { host: "127.0.0.1", port: 0, onConnection: small.game.accept, log: quiet, limits };
      const telnet = await listenTelnet(options);
      const webSocket = await listenWebSocket({ ...options, allowedOrigins: "any" });
      const ann = await connectTelnet({ port: telnet.port, gmcp: true, window: [80, 24] });
      const bob = await connectWebSocket({ port: webSocket.port, protocols: ["gmcp.mudstandards.org"] });
      await arrive(ann, "Ann");
      await arrive(bob, "Bob");
      expect(await ann.waitForGmcp("Room.Info")).toMatchObject({ id: "hall" });
      await small.make("CreateGameObject", "game-object/sword", { name: "a sword", generic: "object", containerId: "room/hall" });
      await small.settled();
      for (let round = 1; round <= rounds; round += 1) {
        for (const client of [ann, bob]) client.send("get sword");
        for (const client of [ann, bob]) await client.ask(`help round${round}`, "There is no help about that.");
        const place = await small.placeOf("game-object/sword");
        expect(["player/ann", "player/bob"]).toContain(place);
        const [winner, loser] = place === "player/ann" ? [ann, bob] : [bob, ann];
        const count = (client: ScriptedClient, text: string) => client.output().split(text).length - 1;
        expect(count(ann, "You get a sword.") + count(bob, "You get a sword.")).toBe(round);
        expect(
          count(ann, "Somebody was faster.") +
            count(ann, "nothing like that here") +
            count(bob, "Somebody was faster.") +
            count(bob, "nothing like that here"),
        ).toBe(round);
        await winner.ask("drop sword", "You drop a sword.");
        await loser.waitFor("drops a sword.");
      }
      for (const client of [ann, bob]) {
        client.send("quit");
        await client.waitFor("What you have stays yours.");
        await client.waitForEnd();
      }
      await telnet.close("");
      await webSocket.close("");
    }
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  },
  60_000 + rounds * 500,
);
