import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ref, type RecordedEvent } from "@aethyr/kernel";
import type { Operations } from "../operations.ts";
import { command, createRoom, createThing, describe as describeRoom, startSmallWorld, type SmallWorld } from "./small-world.ts";

export type Opened = { readonly operations: Operations; close(): Promise<void> };

/** What holds of operations, whichever way they reach their world. */
export function operationsSuite(name: string, open: (world: SmallWorld) => Promise<Opened>): void {
  describe(name, () => {
    let world: SmallWorld;
    let opened: Opened;
    let operations: Operations;
    beforeEach(async () => {
      world = await startSmallWorld();
      opened = await open(world);
      ({ operations } = opened);
    });
    afterEach(async () => {
      await operations.close();
      await opened.close();
      await world[Symbol.asyncDispose]();
    });

    const hall = ref("room", "hall");

    test("[G2] commands are answered in the order in which they were given, and what is accepted is in the log", async () => {
      const commands = [
        createRoom("hall"),
        createRoom("hall"),
        createRoom("yard"),
        command("Sing", hall, {}),
        command("CreateRoom", ref("room", "attic"), { name: "" }),
      ];
      const replies = await operations.sendCommands(commands);
      expect(replies.map(({ command: id }) => id)).toEqual(commands.map(({ id }) => id));
      expect(replies.map(({ code }) => code)).toEqual(["accepted", "rejected", "accepted", "invalid", "invalid"]);
      expect(await world.store.readStream(hall)).toHaveLength(1);
    });

    test("[G3] a command that is sent again under its id gets the same reply and takes effect once", async () => {
      const again = createRoom("hall");
      const [first] = await operations.sendCommands([again]);
      expect(await operations.sendCommands([again])).toEqual([first]);
      expect(await operations.history(hall)).toHaveLength(1);
    });

    test("more commands than one request carries are sent in several, with every reply at its place", async () => {
      const commands = Array.from({ length: 1_005 }, (_, index) => createRoom(`room-${index}`));
      const replies = await operations.sendCommands(commands);
      expect(replies.map(({ command: id }) => id)).toEqual(commands.map(({ id }) => id));
      expect(new Set(replies.map(({ code }) => code))).toEqual(new Set(["accepted"]));
    });

    test("[G11] a command that is too large is answered too_large, and the others around it are done", async () => {
      const large = command("UpdateRoomDescription", hall, { description: "x".repeat(70_000) });
      const replies = await operations.sendCommands([createRoom("hall"), large, createRoom("yard")]);
      expect(replies.map(({ code }) => code)).toEqual(["accepted", "too_large", "accepted"]);
    });

    test("[G11] what is no command is answered invalid, with what is wrong", async () => {
      const [reply] = await operations.sendCommands([{ ...createRoom("hall"), target: { type: "no type", id: "" } }]);
      expect(reply).toMatchObject({ code: "invalid", issues: [{ path: "target.type" }, { path: "target.id" }] });
    });

    test("no commands get no replies", async () => {
      expect(await operations.sendCommands([])).toEqual([]);
    });

    test("[G9] an aggregate is shown as it is, and as it was at any version", async () => {
      await operations.sendCommands([createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm.")]);
      const now = await operations.showAggregate(hall);
      expect(now).toMatchObject({
        ref: hall,
        version: 3,
        status: "active",
        states: "existing",
        context: { name: "The hall", description: "Warm." },
      });
      expect(now?.last).toMatchObject({ type: "RoomDescriptionUpdated", version: 3, meta: { actor: "tester" } });
      expect(now?.last).not.toHaveProperty("data");
      expect(await operations.showAggregate(hall, 2)).toMatchObject({
        version: 2,
        context: { description: "Draughty." },
        last: { version: 2 },
      });
    });

    test("an aggregate that was deleted is shown as ended", async () => {
      await operations.sendCommands([createRoom("hall"), command("DeleteGameObject", hall, {})]);
      expect(await operations.showAggregate(hall)).toMatchObject({ status: "ended", states: "deleted" });
    });

    test("an aggregate, a version or a type that there is not is undefined", async () => {
      await operations.sendCommands([createRoom("hall")]);
      expect(await operations.showAggregate(ref("room", "nowhere"))).toBeUndefined();
      expect(await operations.showAggregate(hall, 2)).toBeUndefined();
      expect(await operations.showAggregate(ref("dragon", "smaug"))).toBeUndefined();
    });

    test("[G11] a version below 1 is an invalid question", async () => {
      await expect(operations.showAggregate(hall, 0)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(operations.history(hall, { from: 0 })).rejects.toMatchObject({ code: "invalid_request" });
      await expect(operations.history(hall, { limit: 0 })).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("ids of full length can be asked for", async () => {
      const long = "x".repeat(128);
      await operations.sendCommands([createRoom(long)]);
      expect(await operations.showAggregate(ref("room", long))).toMatchObject({ version: 1 });
    });

    test("[G1] history comes in pages, forward and backward, as the log holds it", async () => {
      await operations.sendCommands([createRoom("hall"), describeRoom("hall", "1"), describeRoom("hall", "2"), describeRoom("hall", "3")]);
      const all = await operations.history(hall);
      expect(all.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
      expect(all[3]).toMatchObject({ type: "RoomDescriptionUpdated", data: { description: "3" }, stream: hall });
      expect(all[0]).not.toHaveProperty("bytes");
      expect(await operations.history(hall, { from: 2, limit: 2 })).toEqual(all.slice(1, 3));
      expect((await operations.history(hall, { direction: "backward", limit: 2 })).map(({ version }) => version)).toEqual([4, 3]);
      expect(await operations.history(ref("room", "nowhere"))).toEqual([]);
    });

    test("[G7] a tail reads the log after a position to its head and ends", async () => {
      await operations.sendCommands(Array.from({ length: 30 }, (_, index) => createRoom(`room-${index}`)));
      const all = await collected(operations.tailEvents({ after: 0 }));
      expect(all.map(({ position }) => position)).toEqual((await world.store.readAll(0)).map(({ position }) => position));
      const later = await collected(operations.tailEvents({ after: all[9]?.position ?? 0 }));
      expect(later).toEqual(all.slice(10));
      expect(await collected(operations.tailEvents({}))).toEqual([]);
    });

    test("[G7] a tail that follows gives every event once and in order, old and new, while commands go on", async () => {
      await operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      const seen: RecordedEvent[] = [];
      let sending: Promise<unknown> = Promise.resolve();
      for await (const event of operations.tailEvents({ after: 0, follow: true })) {
        seen.push(event);
        if (seen.length === 1)
          sending = operations.sendCommands(Array.from({ length: 300 }, (_, index) => createThing(`thing-${index}`, "pebble")));
        if (seen.length === 302) break;
      }
      await sending;
      expect(seen.map(({ position }) => position)).toEqual((await world.store.readAll(0)).map(({ position }) => position));
    });

    test("a tail that follows waits for the first event of an empty world", async () => {
      const events = operations.tailEvents({ after: 0, follow: true })[Symbol.asyncIterator]();
      const first = events.next();
      await operations.sendCommands([createRoom("hall")]);
      expect((await first).value).toMatchObject({ type: "RoomCreated" });
      await events.return?.();
    });

    test("a tail ends quietly when its signal aborts, and when the operations close", async () => {
      await operations.sendCommands([createRoom("hall")]);
      const stop = new AbortController();
      for await (const event of operations.tailEvents({ after: 0, follow: true, signal: stop.signal })) {
        expect(event.version).toBe(1);
        stop.abort();
      }
      for await (const event of operations.tailEvents({ after: 0, follow: true })) {
        expect(event.version).toBe(1);
        await operations.close();
      }
    });

    test("[G11] a position that is none is an invalid question", async () => {
      await expect(collected(operations.tailEvents({ after: -1 }))).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("actors in memory are listed, and one can be asked to leave", async () => {
      await operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      const actors = await operations.actors();
      expect(actors.map((actor) => actor.ref.id).sort()).toEqual(["hall", "yard"]);
      expect(actors[0]).toMatchObject({ state: "ready", version: 1, mailbox: 0 });
      expect(await operations.passivate(hall)).toBe(true);
      expect(await operations.passivate(hall)).toBe(false);
      expect((await operations.actors()).map((actor) => actor.ref.id)).toEqual(["yard"]);
    });

    test("[A21] statistics count what is in the world, and go on from where they were", async () => {
      await operations.sendCommands([
        createRoom("hall"),
        createRoom("yard"),
        createThing("s1", "sword"),
        createThing("s2", "sword"),
        createThing("p", "pebble"),
      ]);
      const way = (direction: string) => command("AddRoomExit", hall, { direction, targetRoomId: "yard" });
      await operations.sendCommands([way("north"), way("south")]);
      expect(await operations.worldStats()).toMatchObject({
        rooms: 2,
        exits: 2,
        players: 0,
        game_objects: { pebble: 1, sword: 2 },
        event_count: 7,
        aggregate_count: 5,
      });
      await operations.sendCommands([
        command("RemoveRoomExit", hall, { direction: "north" }),
        command("DeleteGameObject", ref("game-object", "s1"), {}),
        command("DeleteGameObject", ref("game-object", "p"), {}),
      ]);
      const stats = await operations.worldStats();
      expect(stats).toMatchObject({ rooms: 2, exits: 1, game_objects: { sword: 1 }, event_count: 10, head: await world.store.head() });
      await operations.sendCommands([command("DeleteGameObject", hall, {})]);
      expect(await operations.worldStats()).toMatchObject({
        rooms: 1,
        exits: 0,
        aggregate_types: { room: 2, "game-object": 3 },
        event_types: { RoomCreated: 2 },
      });
    });

    test("[A3] metrics move with what happens", async () => {
      await operations.sendCommands([createRoom("hall")]);
      const text = await operations.metrics();
      expect(text).toMatch(/aethyr_events_committed_total\{aggregate_type="room"\} 1/);
      expect(text).toContain("aethyr_event_commit_latency_seconds_bucket");
      expect(text).toContain("# TYPE aethyr_snapshot_operations_total counter");
      await operations.sendCommands([createRoom("yard")]);
      expect(await operations.metrics()).toMatch(/aethyr_events_committed_total\{aggregate_type="room"\} 2/);
    });

    test("closed operations refuse every question with `closed`", async () => {
      await operations.close();
      await operations.close();
      await expect(operations.worldStats()).rejects.toMatchObject({ code: "closed" });
      await expect(operations.sendCommands([createRoom("hall")])).rejects.toMatchObject({ code: "closed" });
    });
  });
}

export async function collected<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
