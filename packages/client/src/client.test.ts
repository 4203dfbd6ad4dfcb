import { randomUUIDv7 } from "node:crypto";
import { describe, expect, expectTypeOf, test } from "vitest";
import { BusTimeoutError, BusUnavailableError, NoRespondersError } from "@aethyr/bus";
import { createMemoryEventStore } from "@aethyr/event-store";
import { defineDomain, extend, fragment, ref, register, type InputOf, type RecordedEvent } from "@aethyr/kernel";
import { encodeReply, refused } from "@aethyr/protocol";
import { room, world } from "@aethyr/world";
import { z } from "zod";
import { createClient, type WatchedEvent } from "./client.ts";
import { startTestWorld } from "./testing/index.ts";

const hall = ref("room", "hall");
const aRoom = { name: "Hall" } as const;

describe("send", () => {
  test("[G2] a command is answered once it is durable, with the sender's name and story in its events", async () => {
    await using started = await startTestWorld(world);
    const { connect, store } = started;
    const client = connect("ann");
    const id = randomUUIDv7();
    const reply = await client.send("CreateRoom", hall, aRoom, { id, correlation: "story-1", causation: "because" });
    expect(reply).toMatchObject({ code: "accepted", command: id, changed: [{ stream: hall, version: 1 }] });
    const [event] = await store.readStream(hall);
    expect(event?.meta).toEqual({ command: id, actor: "ann", correlation: "story-1", causation: "because" });
  });

  test("[G3] the same id again takes effect once and gets the same reply", async () => {
    await using started = await startTestWorld(world);
    const { client, store } = started;
    const id = randomUUIDv7();
    const first = await client.send("CreateRoom", hall, aRoom, { id });
    expect(await client.send("CreateRoom", hall, aRoom, { id })).toEqual(first);
    expect(await store.readAll(0)).toHaveLength(1);
  });

  test("[G11] what is wrong with a command is a reply", async () => {
    await using started = await startTestWorld(world);
    const { client } = started;
    expect(await client.send("UpdateRoomDescription", hall, { description: "Wide." })).toMatchObject({ code: "not_found" });
    const wrong = { name: 7 } as unknown as InputOf<typeof world, "CreateRoom">;
    expect(await client.send("CreateRoom", hall, wrong)).toMatchObject({ code: "invalid" });
    expect(await client.send("CreateRoom", hall, { name: "x".repeat(100_000) })).toMatchObject({ code: "too_large" });
  });

  test("names of commands and their data are the domain's own", async () => {
    expectTypeOf<InputOf<typeof world, "CreateRoom">>().toExtend<{ name: string; description?: string | undefined }>();
    await using started = await startTestWorld(world);
    const { client } = started;
    // @ts-expect-error there is no such command
    await client.send("CreateRome", hall, aRoom);
    // @ts-expect-error the name is missing
    await client.send("CreateRoom", hall, {});
  });

  test("[G3] it is sent again under the same id while the reply says that this may help", async () => {
    const ids: string[] = [];
    const answers = ["busy", "unavailable", "conflict", "outcome_unknown"] as const;
    const lanes = {
      async request(message: { readonly id: string }) {
        ids.push(message.id);
        const code = answers[ids.length - 1];
        return encodeReply(
          code === undefined ? refused(message.id, "rejected", "no") : refused(message.id, code, "later"),
          "application/msgpack",
        );
      },
    };
    const client = clientOn(lanes);
    expect(await client.send("CreateRoom", hall, aRoom, { timeoutMs: 60_000 })).toMatchObject({ code: "rejected" });
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(1);
  });

  test("[G12] when the time is up the last reply is given, and `outcome_unknown` where any attempt may have taken effect", async () => {
    const gone = new BusUnavailableError("gone");
    for (const [first, code] of [
      [new BusTimeoutError(5), "outcome_unknown"],
      [new NoRespondersError(hall), "unavailable"],
      [gone, "unavailable"],
    ] as const) {
      let asked = 0;
      const lanes = {
        async request() {
          asked += 1;
          throw asked === 1 ? first : gone;
        },
      };
      expect(await clientOn(lanes).send("CreateRoom", hall, aRoom, { timeoutMs: 300 })).toMatchObject({ code });
      expect(asked).toBeGreaterThan(1);
    }
  });

  test("a signal ends the waiting with its reason, also between two attempts; a closed client sends nothing", async () => {
    const stop = new AbortController();
    const reason = new Error("gone home");
    const lanes = {
      async request(message: { readonly id: string }) {
        setImmediate(() => stop.abort(reason));
        return encodeReply(refused(message.id, "busy", "later"), "application/msgpack");
      },
    };
    const client = clientOn(lanes);
    await expect(client.send("CreateRoom", hall, aRoom, { signal: stop.signal, timeoutMs: 60_000 })).rejects.toBe(reason);
    await client.close();
    await expect(client.send("CreateRoom", hall, aRoom)).rejects.toMatchObject({ code: "closed" });
  });
});

test("[G4] many commands: replies in their order, those to one aggregate in the order given", async () => {
  await using started = await startTestWorld(world);
  const { client, store } = started;
  const rooms = Array.from({ length: 20 }, (_, index) => ref("room", `r-${index}`));
  const words = ["One.", "Two.", "Three."];
  const made = rooms.map((target) => ({ type: "CreateRoom", target, data: aRoom }) as const);
  const described = words.flatMap((description) =>
    rooms.map((target) => ({ type: "UpdateRoomDescription", target, data: { description } }) as const),
  );
  const replies = await client.sendAll([...made, ...described]);
  expect(replies.map(({ code }) => code)).toEqual(Array.from({ length: 80 }, () => "accepted"));
  for (const target of rooms) {
    const history = await store.readStream(target);
    expect(history.slice(1).map(({ data }) => (data as { description: string }).description)).toEqual(words);
  }
});

test("[G7] what is watched: every event once, in order, from the log and then live; resumed where it stopped", async () => {
  await using started = await startTestWorld(world);
  const { client } = started;
  await client.sendAll([1, 2, 3].map((index) => ({ type: "CreateRoom", target: ref("room", `r-${index}`), data: aRoom }) as const));
  const seen: RecordedEvent[] = [];
  for await (const events of client.watch({ after: 0 })) {
    seen.push(...events);
    if (seen.length === 3) await client.send("CreateRoom", ref("room", "r-4"), aRoom);
    if (seen.length === 4) break;
  }
  expect(seen.map(({ stream }) => stream.id).toSorted()).toEqual(["r-1", "r-2", "r-3", "r-4"]);
  expect(seen[0]).not.toHaveProperty("bytes");
  for await (const events of client.watch({ after: seen[1]!.position })) {
    expect(events[0]).toEqual(seen[2]);
    break;
  }
});

test("[G7] an event that nothing here knows ends the watch, unless such are to be marked: then every other comes as ever", async () => {
  const titles = fragment(
    { TitleGranted: z.object({ title: z.string() }) },
    { title: "" },
    { TitleGranted: (_, { title }) => ({ title }) },
  );
  const titledRoom = extend(room, { name: "room-title", fragment: titles, states: ["existing"] });
  const GrantTitle = titledRoom.command({
    input: z.object({ title: z.string() }),
    decide: ({ input }) => [titles.events.TitleGranted(input)],
  });
  const store = createMemoryEventStore();
  {
    await using before = await startTestWorld(defineDomain(world, register(titledRoom, { GrantTitle })), { store });
    await before.client.send("CreateRoom", hall, aRoom);
    await before.client.send("GrantTitle", hall, { title: "Great" });
    await before.client.send("UpdateRoomDescription", hall, { description: "Wide." });
  }
  await using without = await startTestWorld(world, { store });
  const watched = without.client.watch({ after: 0 })[Symbol.asyncIterator]();
  await expect(watched.next()).rejects.toMatchObject({ code: "unreadable_event" });
  const seen: WatchedEvent[] = [];
  for await (const events of without.client.watch({ after: 0, unreadable: "mark" })) {
    seen.push(...events);
    if (seen.length === 3) break;
  }
  expect(seen.map(({ type, unreadable }) => [type, unreadable?.code])).toEqual([
    ["RoomCreated", undefined],
    ["TitleGranted", "unreadable_event"],
    ["RoomDescriptionUpdated", undefined],
  ]);
  await store.close();
});

test("watching ends with the client", async () => {
  await using started = await startTestWorld(world);
  const { client } = started;
  await client.send("CreateRoom", hall, aRoom);
  const batches = client.watch({ after: 0 })[Symbol.asyncIterator]();
  expect((await batches.next()).done).toBe(false);
  const next = batches.next();
  await client.close();
  expect((await next).done).toBe(true);
});

test("[G9] the state of an aggregate, not older than a reply; nothing for what is not there", async () => {
  await using started = await startTestWorld(world);
  const { client } = started;
  const reply = await client.send("CreateRoom", hall, aRoom);
  const atLeast = reply.code === "accepted" ? reply.position : 0;
  expect(await client.query(hall, { atLeast })).toMatchObject({
    version: 1,
    status: "active",
    states: "existing",
    context: { name: "Hall" },
  });
  expect(await client.query(ref("room", "none"))).toBeUndefined();
  expect(await client.query(ref("dragon", "none"))).toBeUndefined();
  const reason = new Error("no time");
  await expect(client.query(hall, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("read your own writes: the read model is asked for the position of the reply", async () => {
  await using started = await startTestWorld(world);
  const asked: unknown[] = [];
  const readModels = {
    async caughtUp(...question: unknown[]) {
      asked.push(question);
    },
  };
  const { bus, store } = started;
  const client = createClient({ domain: world, lanes: bus, log: store, feed: bus, readModels });
  await client.caughtUp("rooms", 7);
  expect(asked).toEqual([["rooms", 7, { timeoutMs: 5_000 }]]);
  await expect(client.query(hall)).rejects.toMatchObject({ code: "not_connected" });
  await expect(started.client.caughtUp("rooms", 7)).rejects.toMatchObject({ code: "not_connected" });
});

function clientOn(lanes: { request(message: { readonly id: string }): Promise<ReturnType<typeof encodeReply>> }) {
  const nothing = { head: async () => 0, readAll: async () => [] };
  const feed = { follow: async () => Promise.reject(new BusUnavailableError("none")) };
  return createClient({ domain: world, lanes, log: nothing, feed });
}
