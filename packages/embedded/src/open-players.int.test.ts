import { connectTelnet } from "@aethyr/gateway/testing";
import { ref } from "@aethyr/kernel";
import { openPlayers } from "@aethyr/process/players";
import { silentLog } from "@aethyr/runtime";
import { expect, test } from "vitest";
import { createTempWorlds } from "./testing/temp-worlds.ts";

const flags = { store: "memory", "gateway-telnet-port": "0", "gateway-websocket-port": "0" };

test("[A3] the metrics of a world tell who is connected, who plays, and what was turned away", async () => {
  const worlds = await createTempWorlds();
  try {
    const config = worlds.config(flags);
    const world = await worlds.open(config);
    await world.connect("test").send("CreateRoom", ref("room", "hall"), { name: "The Hall" });
    const players = await openPlayers(world, config, silentLog);
    const port = Number(players!.telnet.split(":")[1]);
    const ann = await connectTelnet({ port });
    await ann.waitFor("known? ");
    await ann.ask("Ann", "(yes or no) ");
    await ann.ask("yes", "characters): ");
    await ann.ask("correct horse", "again: ");
    await ann.ask("correct horse", "\n> ");
    const playing = await world.operations.metrics();
    for (const line of [
      'aethyr_gateway_connections{protocol="telnet"} 1',
      'aethyr_gateway_connections{protocol="websocket"} 0',
      'aethyr_gateway_accepted_total{protocol="telnet"} 1',
      "aethyr_gateway_characters 1",
      "aethyr_gateway_characters_link_dead 0",
      'aethyr_gateway_ended_total{protocol="telnet",why="left"} 0',
      'aethyr_gateway_dropped_lines_total{protocol="telnet"} 0',
    ])
      expect(playing).toContain(`${line}\n`);
    expect(playing).toMatch(/^aethyr_gateway_sent_bytes_total\{protocol="telnet"\} [1-9]\d*$/m);

    ann.send("x".repeat(100_000));
    ann.disconnect();
    await ann.waitForEnd();
    await expect.poll(() => world.operations.metrics()).toContain('aethyr_gateway_connections{protocol="telnet"} 0\n');
    await expect.poll(() => world.operations.metrics()).toContain("aethyr_gateway_characters_link_dead 1\n");
    // Counted as often as it happened, however often it is asked.
    expect(await world.operations.metrics()).toContain('aethyr_gateway_accepted_total{protocol="telnet"} 1\n');
    await players!.close();
  } finally {
    await worlds.remove();
  }
});

test("[A16] who waits for a read model reads their own writes in it, and is told when it does not come so far", async () => {
  const worlds = await createTempWorlds();
  try {
    const world = await worlds.open(worlds.config(flags), { readModels: true });
    const client = world.connect("test");
    for (let round = 1; round <= 5; round += 1) {
      const reply = await client.send("CreateRoom", ref("room", `hall-${round}`), { name: `Hall ${round}` });
      if (reply.code !== "accepted") throw new Error(reply.message);
      await client.caughtUp("rooms", reply.position, { timeoutMs: 60_000 });
      const { rows } = await world.operations.readModels.query(`select name from rooms where id = 'hall-${round}'`);
      expect(rows).toEqual([{ name: `Hall ${round}` }]);
    }
    const head = await world.head();
    await expect(client.caughtUp("rooms", head + 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: "read_model_behind" });
    await expect(client.caughtUp("dragons", head)).rejects.toMatchObject({ code: "unknown_projection" });
    const stop = new AbortController();
    const waiting = client.caughtUp("rooms", head + 1, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  } finally {
    await worlds.remove();
  }
});

test("[A16] a world without read models says so to who waits for one", async () => {
  const worlds = await createTempWorlds();
  try {
    const world = await worlds.open(worlds.config(flags));
    await expect(world.connect().caughtUp("rooms", 0)).rejects.toMatchObject({ code: "not_connected" });
  } finally {
    await worlds.remove();
  }
});
