import { readdir, readFile } from "node:fs/promises";
import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import { createInProcessBus, type Bus } from "@aethyr/bus";
import { ref } from "@aethyr/kernel";
import { watchGateway } from "@aethyr/process/players";
import type { CommandEnvelope } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWorldOn, type WorldOptions } from "./open-world.ts";
import { createRoom, createTempWorlds } from "./testing/temp-worlds.ts";

let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
let cwd: string;
beforeEach(async () => {
  worlds = await createTempWorlds();
  ({ cwd } = worlds);
});
afterEach(() => worlds.remove());

const config: (typeof worlds)["config"] = (...args) => worlds.config(...args);
const open: (typeof worlds)["open"] = (...args) => worlds.open(...args);

describe("a world", () => {
  test("[G2] [G3] keeps what it accepted, and its replies, over close and open", async () => {
    const first = await open();
    const command = createRoom("hall");
    const [reply] = await first.operations.sendCommands([command]);
    expect(reply).toMatchObject({ code: "accepted" });
    await first.ready();
    await first.close();
    await expect(first.ready()).rejects.toMatchObject({ code: "closed" });
    const second = await open();
    expect(await second.operations.sendCommands([command])).toEqual([reply]);
    expect(await second.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 1, context: { name: "hall" } });
    expect(second.instance).not.toBe(first.instance);
  });

  test("closing the operations closes the world, as whoever opened it for one question wants it", async () => {
    const { operations } = await open();
    await operations.close();
    await operations.close();
    await open();
  });

  test("[G7] a tail that follows sees new events through the relay", async () => {
    const { operations } = await open();
    const events = operations.tailEvents({ after: 0, follow: true })[Symbol.asyncIterator]();
    const first = events.next();
    await operations.sendCommands([createRoom("hall")]);
    expect((await first).value).toMatchObject({ type: "RoomCreated" });
    await events.return?.();
  });

  test("[R28] [G7] whose feed turns out to be ahead of its log says so, takes no more commands, and lets go of its folder", async () => {
    const bus = createInProcessBus();
    let isAhead = false;
    const ahead = async (): Promise<number> => Promise.resolve(1e12);
    const feed: Bus = { ...bus, publish: async (events) => (isAhead ? ahead() : bus.publish(events)) };
    const stopped = Promise.withResolvers<Error>();
    const world = await openWorldOn(feed, { config: config(), log: silentLog, onStopped: stopped.resolve });
    await world.ready();
    isAhead = true;
    await world.operations.sendCommands([createRoom("hall")]);
    await expect(stopped.promise).resolves.toMatchObject({ code: "feed_ahead_of_log" });
    await expect(world.ready()).rejects.toMatchObject({ code: "closed" });
    await expect(world.operations.sendCommands([createRoom("yard")])).rejects.toMatchObject({ code: "closed" });
    await world.close();
    expect(await (await open()).operations.worldStats()).toMatchObject({ event_count: 1 });
  });

  test("in memory keeps nothing", async () => {
    const first = await open(config({ store: "memory" }));
    await first.operations.sendCommands([createRoom("hall")]);
    await first.close();
    const second = await open(config({ store: "memory" }));
    expect((await second.operations.worldStats()).event_count).toBe(0);
    expect((await readdir(join(cwd, ".aethyr"))).sort()).toEqual(["world.json"]);
  });

  test("takes snapshots as configured, for all types and for one", async () => {
    const { operations } = await open(config({ "snapshot-every": "*=2,room=3" }));
    const attribute = (type: string, id: string, value: number): CommandEnvelope => ({
      v: 1,
      id: randomUUIDv7(),
      type: "UpdateGameObjectAttribute",
      target: ref(type, id),
      data: { key: "n", value },
    });
    await operations.sendCommands([
      createRoom("hall"),
      { ...createRoom("thing"), type: "CreateGameObject", target: ref("game-object", "thing") },
    ]);
    await operations.sendCommands([attribute("room", "hall", 1), attribute("game-object", "thing", 1)]);
    await expect
      .poll(() => operations.metrics())
      .toContain('aethyr_snapshot_operations_total{operation_type="saved",aggregate_type="game-object"} 1');
    expect(await operations.metrics()).not.toContain('operation_type="saved",aggregate_type="room"');
  });

  test("[A19] a snapshot policy for a type that there is not stops the start", async () => {
    await expect(open(config({ "snapshot-every": "rom=3" }))).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("snapshotEvery.rom is of no type") as string,
    });
  });

  test("[A3] every metric has its meaning on the page for operators, and the page names no other", async () => {
    const { operations, metrics } = await open(config({ store: "memory" }));
    const quiet = { stats: () => ({ connections: 0, characters: 0, linkDead: 0, position: 0, rooms: 0, things: 0, players: 0 }) };
    watchGateway(metrics, { game: quiet, listeners: {} });
    const text = await operations.metrics();
    const served = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const page = await readFile(new URL("../../../docs/operations/README.md", import.meta.url), "utf8");
    const told = new Set([...page.matchAll(/^\| `((?:aethyr|process|nodejs)_\w+)`/gm)].map(([, name]) => name));
    expect(told).toEqual(served);
    expect(text).toMatch(/^aethyr_log_position 0$/m);
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
  });
});

describe("the starter world", () => {
  test("is made in a world without events, once, and only if it is wanted", async () => {
    let made = 0;
    const importStarterWorld: WorldOptions["importStarterWorld"] = async (send) => {
      made += 1;
      await send([createRoom("start", "starter-1")]);
    };
    const without = await open(config({ "starter-world": "false" }), { importStarterWorld });
    await without.close();
    expect(made).toBe(0);
    for (let start = 1; start <= 2; start += 1) {
      const world = await open(config(), { importStarterWorld });
      expect(await world.operations.worldStats()).toMatchObject({ rooms: 1 });
      await world.close();
    }
    expect(made).toBe(1);
  });

  test("is made to the end at the next start, if the first one did not come to it", async () => {
    const half: WorldOptions["importStarterWorld"] = async (send) => {
      await send([createRoom("start", "starter-1")]);
      throw new Error("the power failed");
    };
    await expect(open(config(), { importStarterWorld: half })).rejects.toThrow("the power failed");
    const world = await open(config(), {
      async importStarterWorld(send) {
        await send([createRoom("start", "starter-1"), createRoom("end", "starter-2")]);
      },
    });
    expect(await world.operations.worldStats()).toMatchObject({ rooms: 2, event_count: 2 });
    expect(await readdir(join(cwd, ".aethyr"))).not.toContain("starter-world.importing");
  });
});
