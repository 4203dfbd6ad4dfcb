import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { jetstreamManager } from "@nats-io/jetstream";
import { createInbox, headers as natsHeaders } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { encodeReply, headers, refused } from "@aethyr/protocol";
import { type RunningServer, ensureServer, openUnrulyLine, startNats } from "@aethyr/servers";
import type { Bus, Delivery, FeedEvent } from "../bus.ts";
import { busContract } from "../contract/index.ts";
import { log, message, range, rejectionOf, serveNoting, textOf, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";
import { freshWorld, worldsOn } from "./on-world.fixture.ts";

const nats = await ensureServer("nats");

describe.skipIf(nats === undefined)("on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  }, 120_000);
  afterAll(() => server.stop());

  busContract({
    name: "nats",
    open: async (limits) => {
      const world = freshWorld();
      const open: Bus[] = [];
      return {
        connect: async () => {
          const bus = await connectNatsBus({ servers: server.url, world, ...limits });
          open.push(bus);
          return bus;
        },
        close: async () => {
          await Promise.all(open.map((bus) => bus.close()));
        },
      };
    },
  });

  const onWorld = worldsOn(() => server);

  const answering = (delivery: Delivery): void => {
    delivery.respond(encodeReply(refused(delivery.id, "rejected", "no"), delivery.contentType));
    delivery.acknowledge();
  };
  const commandText = (id: string): string =>
    JSON.stringify({ v: 1, id, type: "OpenDoor", target: { type: "room", id: "hall.1" }, data: {} });

  describe("any NATS client", () => {
    test("sends a command in JSON on the request lane with no header at all, and is answered in JSON", () =>
      onWorld(async ({ world, bus, plain }) => {
        const { taken } = await serveNoting(await bus(), answering);
        const client = await plain();
        const reply = await client.request(`req.${world}.room.hall%2E1`, commandText("by-hand"));
        expect(reply.json()).toMatchObject({ command: "by-hand", code: "rejected" });
        expect(reply.headers?.get(headers.contentType)).toBe("application/json");
        expect(taken).toMatchObject([{ id: "by-hand", target: ref("room", "hall.1"), contentType: "application/json", lane: "request" }]);
      }));

    test("sends a command in JSON on the queue lane, and is answered in the inbox that it names", () =>
      onWorld(async ({ world, bus, plain }) => {
        const host = await bus();
        const client = await plain();
        const replies: unknown[] = [];
        const inbox = createInbox();
        client.subscribe(inbox, { callback: (_error, reply) => void replies.push(reply.json()) });
        const named = natsHeaders();
        named.set(headers.replyTo, inbox);
        client.publish(`cmd.${world}.room.hall%2E1`, commandText("by-hand"), { headers: named });
        await client.flush();
        const { taken } = await serveNoting(host, answering);
        await until(() => expect(replies).toMatchObject([{ command: "by-hand", code: "rejected" }]));
        expect(taken).toMatchObject([{ id: "by-hand", target: ref("room", "hall.1"), lane: "queue", attempt: 1 }]);
      }));

    test("[G11] is told what is wrong with a subject or a content type, and such a message is not handed out again", () =>
      onWorld(async ({ world, bus, plain }) => {
        const first = await bus();
        const { taken, close } = await serveNoting(first);
        const client = await plain();
        expect((await client.request(`req.${world}.room.ha$ll`, "{}")).json()).toMatchObject({ code: "invalid" });
        const replies: unknown[] = [];
        const inbox = createInbox();
        client.subscribe(inbox, { callback: (_error, reply) => void replies.push(reply.json()) });
        const odd = natsHeaders();
        odd.set(headers.replyTo, inbox);
        odd.set(headers.contentType, "text/plain");
        client.publish(`cmd.${world}.room.hall`, "open the door", { headers: odd });
        await until(() => expect(replies).toMatchObject([{ code: "invalid" }]));
        await close();
        const second = await serveNoting(await bus());
        await first.enqueue(message("marker"));
        await until(() => expect(second.taken.map(({ id }) => id)).toStrictEqual(["marker"]));
        expect(taken).toStrictEqual([]);
      }));

    test("cannot make a host publish anywhere but into an inbox", () =>
      onWorld(async ({ world, bus, plain }) => {
        const host = await bus();
        const { taken } = await serveNoting(host);
        const client = await plain();
        const forged = natsHeaders();
        forged.set(headers.replyTo, `evt.${world}.room.hall`);
        client.publish(`cmd.${world}.room.hall`, commandText("a"), { headers: forged });
        client.publish(`req.${world}.room.hall`, commandText("b"), { reply: `evt.${world}.room.hall` });
        await until(() => expect(taken).toHaveLength(2));
        await (await bus()).request(message("marker"));
        expect(await host.newest()).toBeUndefined();
      }));

    test("[G7] sees the exact bytes of an event, and its place, on stream EVT", () =>
      onWorld(async ({ world, bus, plain }) => {
        const relay = await bus();
        const bytes = new TextEncoder().encode('{"actor":null,"version":7}');
        await relay.publish([
          { position: 4097, previous: 4096, stream: ref("word.game", "en.1"), version: 7, type: "LetterGuessed", bytes },
        ]);
        const manager = await jetstreamManager(await plain());
        const stored = await manager.streams.getMessage(`EVT_${world}`, { last_by_subj: `evt.${world}.word%2Egame.en%2E1` });
        expect(Buffer.from(stored?.data ?? []).equals(bytes)).toBe(true);
        const header = (name: string): string | undefined => stored?.header.get(name);
        expect([headers.position, headers.previous, headers.eventType, headers.version, headers.messageId].map(header)).toStrictEqual([
          "4097",
          "4096",
          "LetterGuessed",
          "7",
          "word.game/en.1@7",
        ]);
      }));
  });

  test("[G7] two relays that publish the same events put in each once, in order", () =>
    onWorld(async ({ bus }) => {
      const [one, two, reader] = [await bus(), await bus(), await bus()];
      const seen: FeedEvent[] = [];
      await reader.follow((events) => void seen.push(...events));
      const events = log(600);
      await Promise.all([one.publish(events), two.publish(events.slice(0, 400)).then(() => two.publish(events))]);
      expect(await reader.newest()).toBe(6000);
      await until(() => expect(seen.map(({ position }) => position)).toStrictEqual(events.map(({ position }) => position)));
    }));

  test("[G7] a relay whose knowledge is old puts nothing in twice, not even what the server does not know for a repeat", () =>
    onWorld(async ({ world, bus, plain }) => {
      const [old, current] = [await bus(), await bus()];
      await old.publish(log(3));
      await current.publish(log(5));
      const unrecognised = log(6).map((event) => ({ ...event, version: event.version + 1000 }));
      expect(await old.publish(unrecognised)).toBe(60);
      // A follower of ours would pass over a repeat: what any reader of the stream gets is what counts.
      const manager = await jetstreamManager(await plain());
      const stored = await Promise.all(range(6).map((index) => manager.streams.getMessage(`EVT_${world}`, { seq: index + 1 })));
      expect(stored.map((message) => message?.header.get(headers.position))).toStrictEqual(["10", "20", "30", "40", "50", "60"]);
      expect((await manager.streams.info(`EVT_${world}`)).state.messages).toBe(6);
    }));

  test("[G4] attempts are counted over several servers that gave up on a command", () =>
    onWorld(async ({ bus }) => {
      const attempts: number[] = [];
      await (await bus()).enqueue(message("poison"));
      for (const round of range(4)) {
        const { close } = await (await bus()).serve(({ attempt }) => void attempts.push(attempt));
        await until(() => expect(attempts).toHaveLength(round + 1));
        await close();
      }
      expect(attempts).toStrictEqual([1, 2, 3, 4]);
    }));

  test("[G4] a host that is cut off loses the lanes to one that stands by, and does not disturb it when it is back", () =>
    onWorld(async ({ bus }) => {
      const proxy = await openUnrulyLine(server.port);
      try {
        const sender = await bus();
        const standing = await serveNoting(await bus());
        const cutOff = await serveNoting(await bus({ servers: `nats://${proxy.address}` }), () => undefined);
        await sender.enqueue(message("a"));
        await until(() => expect(cutOff.taken.map(({ id }) => id)).toStrictEqual(["a"]));
        proxy.cut();
        await until(() => expect(standing.taken.map(({ id, attempt }) => [id, attempt > 1])).toStrictEqual([["a", true]]));
        expect(textOf(await sender.request(message("b")))).toBe("reply to b");
        proxy.mend();
        await sender.enqueue(message("c"));
        await until(() => expect(standing.taken.map(({ id }) => id)).toStrictEqual(["a", "b", "c"]));
        expect(cutOff.taken).toHaveLength(1);
      } finally {
        await proxy.close();
      }
    }));

  test("[G12] a bus keeps nothing of a request that was answered, however long it stays open", () =>
    onWorld(async ({ bus }) => {
      const game = await bus();
      await serveNoting(await bus(), answering);
      const replies: WeakRef<object>[] = [];
      for (let count = 0; count < 50; count += 1) replies.push(new WeakRef(await game.request(message(`c${count}`))));
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      await until(() => {
        collect();
        expect(replies.filter((reply) => reply.deref() !== undefined)).toEqual([]);
      });
    }));

  test("a handler that throws is loud, and the others of its connection do not pay for it", () =>
    onWorld(async ({ bus }) => {
      const sender = await bus();
      const loud: unknown[] = [];
      const former = process.rawListeners("uncaughtException") as ((error: Error) => void)[];
      process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => void loud.push(error.message));
      try {
        const { taken } = await serveNoting(await bus(), ({ id }) => {
          if (id === "bad") throw new Error("a bug");
        });
        await sender.enqueue(message("bad"));
        await sender.enqueue(message("good"));
        await until(() => expect(taken.map(({ id }) => id)).toStrictEqual(["bad", "good"]));
        await until(() => expect(loud).toStrictEqual(["a bug"]));
      } finally {
        process.removeAllListeners("uncaughtException");
        for (const listener of former) process.on("uncaughtException", listener);
      }
    }));

  test("nobody at the address is `unavailable`", async () => {
    expect(await rejectionOf(connectNatsBus({ servers: "nats://127.0.0.1:1", world: "w" }))).toMatchObject({ code: "unavailable" });
  });
});
