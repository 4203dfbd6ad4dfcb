import { connect as connectSocket } from "node:net";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createInbox, headers as natsHeaders, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headers } from "@aethyr/protocol";
import { type RunningServer, ensureServer, startNats } from "@aethyr/servers";
import type { Bus, Delivery, FeedEvent } from "../bus.ts";
import { hall, log, message, range, rejectionOf, serveNoting, until } from "../contract/support.ts";
import { worldsOn, type TestWorld } from "./on-world.fixture.ts";
import type { NatsStatus } from "./options.ts";

const nats = await ensureServer("nats");

describe.skipIf(nats === undefined)("what foreign clients put on the subjects of a world", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  }, 120_000);
  afterAll(() => server.stop());

  const withWorld = worldsOn(() => server);
  const onWorld = (body: (the: TestWorld & { readonly client: NatsConnection }) => Promise<void>): Promise<void> =>
    withWorld(async (the) => body({ ...the, client: await the.plain() }));

  const headersOf = (values: Readonly<Record<string, string>>): MsgHdrs => {
    const made = natsHeaders();
    for (const [name, value] of Object.entries(values)) made.set(name, value);
    return made;
  };

  /** Sends what the client library refuses to: a block of headers as it is. */
  async function publishRaw(subject: string, block: string, text: string): Promise<void> {
    const socket = connectSocket(server.port, "127.0.0.1");
    const ended = new Promise((resolve) => void socket.once("close", resolve));
    const sizes = `${Buffer.byteLength(block)} ${Buffer.byteLength(block + text)}`;
    socket.write(`CONNECT {"verbose":false,"headers":true}\r\nHPUB ${subject} ${sizes}\r\n${block}${text}\r\nPING\r\n`);
    socket.on("data", (data) => {
      if (data.includes("PONG")) socket.end();
    });
    await ended;
  }

  /** As a host does with bytes that are no command. */
  const puttingAside =
    (bus: Bus) =>
    (delivery: Delivery): void => {
      const { id, target, bytes, contentType, attempt } = delivery;
      void bus
        .deadLetter({ id, target, bytes, contentType, reason: "no\r\ncommand", attempts: attempt })
        .then(() => delivery.acknowledge())
        .catch(() => undefined);
    };

  describe("queue lane", () => {
    test.each([
      ["a line break in its id", "p\n1"],
      ["a return in its id", "p\r1"],
      ["no id", ""],
      ["an id of 5,000 characters", "x".repeat(5_000)],
      ["an id that no header carries", "é\u0000☃"],
    ])("[G11] a command with %s can be put aside, under a safe id, and leaves the lane", (_what, id) =>
      onWorld(async ({ world, client, bus }) => {
        const host = await bus();
        await serveNoting(host, puttingAside(host));
        await jetstream(client).publish(`cmd.${world}.room.hall`, JSON.stringify({ id }));
        await until(async () => {
          const letters = await host.deadLetters(10);
          expect(letters).toMatchObject([{ id: expect.stringMatching(/^unreadable-[0-9a-f]{16}$/), target: hall, reason: "no command" }]);
          expect(letters[0]).not.toHaveProperty("cut");
          expect(JSON.parse(new TextDecoder().decode(letters[0]?.bytes))).toStrictEqual({ id });
        });
        await until(async () => expect(await left(client, world)).toBe(0));
      }),
    );

    test("[G11] what is larger than a command and its headers is refused as it is published", () =>
      onWorld(async ({ world, client, bus }) => {
        const host = await bus();
        const { taken } = await serveNoting(host);
        for (const size of [80 * 1024, (client.info?.max_payload ?? 0) - 100])
          await expect(jetstream(client).publish(`cmd.${world}.room.hall`, "x".repeat(size))).rejects.toThrow(/message size/);
        await expect(host.enqueue(message("large", hall, "x".repeat(64 * 1024 + 1)))).rejects.toMatchObject({ code: "too_large" });
        expect(await left(client, world)).toBe(0);
        expect(taken).toStrictEqual([]);
      }));

    test("[G11] a message as large as the lane takes is put aside, cut, with a word on how much is missing", () =>
      onWorld(async ({ world, client, bus }) => {
        const host = await bus();
        await serveNoting(host, puttingAside(host));
        const size = 72 * 1024;
        await jetstream(client).publish(`cmd.${world}.room.hall`, "x".repeat(size));
        await until(async () => expect(await host.deadLetters(10)).toHaveLength(1));
        const [letter] = await host.deadLetters(1);
        expect(letter?.cut).toBeGreaterThan(0);
        expect((letter?.cut ?? 0) + (letter?.bytes.length ?? 0)).toBe(size);
        await until(async () => expect(await left(client, world)).toBe(0));
      }));

    test("[G11] a message of another content type, or for no aggregate, is answered and put aside", () =>
      onWorld(async ({ world, client, bus }) => {
        const host = await bus();
        const { taken } = await serveNoting(host);
        const replies: unknown[] = [];
        const inbox = createInbox();
        client.subscribe(inbox, { callback: (_error, reply) => void replies.push(reply.json()) });
        const plain = headersOf({ [headers.contentType]: "text/plain", [headers.replyTo]: inbox, [headers.messageId]: "by-hand" });
        await jetstream(client).publish(`cmd.${world}.room.hall`, "open the door", { headers: plain });
        await jetstream(client).publish(`cmd.${world}.room.ha$ll`, "{}", { headers: headersOf({ [headers.replyTo]: inbox }) });
        await until(() => expect(replies).toMatchObject([{ code: "invalid" }, { code: "invalid" }]));
        await until(async () =>
          expect(await host.deadLetters(10)).toMatchObject([
            { target: { type: "unreadable" }, reason: expect.stringContaining("ha$ll") },
            {
              id: "by-hand",
              target: hall,
              reason: expect.stringContaining("text/plain"),
              bytes: new TextEncoder().encode("open the door"),
            },
          ]),
        );
        await until(async () => expect(await left(client, world)).toBe(0));
        expect(taken).toStrictEqual([]);
      }));

    test("[G11] headers that cannot be read, and a reply subject longer than a server takes, stop nobody", () =>
      onWorld(async ({ world, client, bus }) => {
        const statuses: NatsStatus[] = [];
        const host = await bus({ onStatus: (status) => void statuses.push(status) });
        const { taken } = await serveNoting(host);
        await publishRaw(`cmd.${world}.room.hall`, "NATS/1.0\r\nA: b\nc\r\n\r\n", "{}");
        await publishRaw(`req.${world}.room.hall`, "NATS/1.0\r\n: b\nc\r\n\r\n", "{}");
        const far = headersOf({ [headers.replyTo]: `_INBOX.${"x".repeat(6_000)}` });
        await jetstream(client).publish(`cmd.${world}.room.hall`, '{"id":"far"}', { headers: far });
        await host.enqueue(message("marker"));
        await until(() => expect(taken.map(({ id }) => id)).toStrictEqual(["far", "marker"]));
        await until(async () => expect(await left(client, world)).toBe(0));
        await host.newest();
        expect(statuses).toStrictEqual([]);
      }));

    test("where it cannot be put aside it leaves the lane all the same, and the connection's status tells", () =>
      onWorld(async ({ world, client, bus }) => {
        const statuses: NatsStatus[] = [];
        const host = await bus({ onStatus: (status) => void statuses.push(status) });
        await (await jetstreamManager(client)).streams.delete(`DLQ_${world}`);
        await serveNoting(host);
        const plain = headersOf({ [headers.contentType]: "text/plain" });
        await jetstream(client).publish(`cmd.${world}.room.hall`, "open the door", { headers: plain });
        await until(async () => expect(await left(client, world)).toBe(0));
        expect(statuses).toMatchObject([{ type: "dead_letter_lost", detail: expect.stringMatching(`cmd.${world}.\\d+.room.hall`) }]);
      }));

    test("a letter that is none of ours hides no other", () =>
      onWorld(async ({ world, client, bus }) => {
        const host = await bus();
        await host.deadLetter({ ...message("a"), reason: "", attempts: 1 });
        await jetstream(client).publish(`dlq.${world}.room.hall`, "junk");
        expect(await host.deadLetters(10)).toMatchObject([{ id: "a" }]);
      }));
  });

  describe("feed", () => {
    const junk = async (client: NatsConnection, world: string, count = 1): Promise<void> => {
      for (const index of range(count)) await jetstream(client).publish(`evt.${world}.room.hall`, `junk ${index}`);
    };
    const positions = (events: readonly FeedEvent[]): readonly number[] => events.map(({ position }) => position);

    test("[G7] what is no event is passed over: the newest is told, publishing goes on, followers get every event, and hear of it once", () =>
      onWorld(async ({ world, client, bus }) => {
        const statuses: NatsStatus[] = [];
        const relay = await bus();
        const reader = await bus({ onStatus: (status) => void statuses.push(status) });
        const [live, replayed, resumed]: FeedEvent[][] = [[], [], []];
        await junk(client, world);
        expect(await relay.newest()).toBeUndefined();
        await reader.follow((events) => void live?.push(...events));
        await relay.publish(log(3));
        await junk(client, world, 3);
        expect(await relay.newest()).toBe(30);
        expect(await relay.publish(log(4))).toBe(40);
        await publishRaw(`evt.${world}.room.hall`, `NATS/1.0\r\n${headers.eventType}: b\nc\r\n\r\n`, "{}");
        // A relay that begins anew knows nothing yet.
        const next = await bus();
        expect(await next.newest()).toBe(40);
        expect(await next.publish(log(6))).toBe(60);
        await reader.follow((events) => void replayed?.push(...events), { after: 0 });
        await reader.follow((events) => void resumed?.push(...events), { after: 30 });
        await until(() => expect(positions(live ?? [])).toStrictEqual([10, 20, 30, 40, 50, 60]));
        await until(() => expect(positions(replayed ?? [])).toStrictEqual([10, 20, 30, 40, 50, 60]));
        await until(() => expect(positions(resumed ?? [])).toStrictEqual([40, 50, 60]));
        expect(statuses).toMatchObject([{ type: "foreign_message", detail: expect.stringContaining(`evt.${world}.room.hall`) }]);
      }));

    test("[G7] a message that an operator took out of the feed is no end of it", () =>
      onWorld(async ({ world, client, bus }) => {
        const relay = await bus();
        await relay.publish(log(3));
        await junk(client, world, 2);
        const manager = await jetstreamManager(client);
        await manager.streams.deleteMessage(`EVT_${world}`, 5);
        await manager.streams.deleteMessage(`EVT_${world}`, 4);
        expect(await relay.newest()).toBe(30);
        await relay.publish(log(9));
        for (const after of [0, 10, 20, 30, 40, 80]) {
          const seen: FeedEvent[] = [];
          const following = await relay.follow((events) => void seen.push(...events), { after });
          await until(() => expect(positions(seen)).toStrictEqual(positions(log(9)).filter((position) => position > after)));
          await following.close();
        }
      }));

    test("more foreign messages than are worth looking through are `unavailable`, with a word on what to do", () =>
      onWorld(async ({ world, client, bus }) => {
        const relay = await bus();
        await relay.publish(log(1));
        const all = jetstream(client);
        await Promise.all(range(1_000).map(() => all.publish(`evt.${world}.room.hall`, "junk")));
        const failure = await rejectionOf((await bus()).newest());
        expect(failure).toMatchObject({ code: "unavailable", message: expect.stringContaining(`EVT_${world}`) });
        await (await jetstreamManager(client)).streams.deleteMessage(`EVT_${world}`, 1);
        expect(await rejectionOf((await bus()).follow(() => undefined, { after: 10 }))).toMatchObject({ code: "unavailable" });
      }));
  });

  const left = async (client: NatsConnection, world: string): Promise<number> =>
    (await (await jetstreamManager(client)).streams.info(`CMD_${world}`)).state.messages;
});
