import { randomUUID } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { ensureServer, startNats } from "@aethyr/servers";
import type { Bus } from "../bus.ts";
import { log, message, rejectionOf, serveNoting, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";
import type { NatsOptions, NatsStatus } from "./options.ts";

const nats = await ensureServer("nats");
const freshWorld = (): string => `w${randomUUID().slice(0, 23)}`;

describe.skipIf(nats === undefined)("a nats-server that is killed", () => {
  test("[G2] [G7] keeps what it took; hosts and followers go on where they were, and are told of it all", { timeout: 60_000 }, async () => {
    await using server = await startNats();
    const world = freshWorld();
    const statuses: NatsStatus[] = [];
    const open = (options: Partial<NatsOptions> = {}): Promise<Bus> => connectNatsBus({ servers: server.url, world, ...options });
    const [sender, relay, reader, host] = [
      await open(),
      await open(),
      await open({ onStatus: (status) => void statuses.push(status) }),
      await open(),
    ];
    try {
      const seen: number[] = [];
      const ended: unknown[] = [];
      await reader.follow((events) => void seen.push(...events.map(({ position }) => position)), {
        after: 0,
        onEnd: (error) => void ended.push(error),
      });
      const events = log(40);
      await relay.publish(events.slice(0, 20));
      await sender.enqueue(message("before"));
      await until(() => expect(seen).toHaveLength(20));
      await server.kill("SIGKILL");
      await until(() => expect(statuses.map(({ type }) => type)).toContain("disconnect"));
      await server.restart();
      await until(() => expect(statuses.map(({ type }) => type)).toContain("reconnect"));
      await until(async () => {
        await relay.publish(events);
      });
      await until(() => expect(seen).toStrictEqual(events.map(({ position }) => position)));
      await until(async () => {
        await sender.enqueue(message("after"));
      });
      const { taken } = await serveNoting(host);
      await until(() => expect(taken.map(({ id }) => id)).toStrictEqual(["before", "after"]));
      await server.kill("SIGKILL");
      await server.restart();
      await until(async () => {
        await sender.request(message("now"), { timeoutMs: 1_000 });
      });
      await until(async () => {
        await sender.enqueue(message("again"));
      });
      await until(() => expect(taken.map(({ id }) => id)).toContain("again"));
      expect(ended).toStrictEqual([]);
    } finally {
      await Promise.all([sender, relay, reader, host].map((bus) => bus.close()));
    }
  });
});

describe.skipIf(nats === undefined)("a nats-server", () => {
  test("without JetStream is `unavailable`, and its connection is not kept", async () => {
    await using server = await startNats({ jetstream: false });
    const statuses: string[] = [];
    const options = { servers: server.url, world: freshWorld(), onStatus: ({ type }: NatsStatus) => void statuses.push(type) };
    expect(await rejectionOf(connectNatsBus(options))).toMatchObject({ code: "unavailable" });
    await until(() => expect(statuses).toContain("close"));
  });

  test("that wants a password gets it, one connection after the other or several at once", async () => {
    await using server = await startNats({ config: 'authorization { user: "host", password: "secret" }' });
    const world = freshWorld();
    const open = (password: string): Promise<Bus> =>
      connectNatsBus({ servers: [server.url], world, name: "a host", username: "host", password });
    expect(await rejectionOf(open("wrong"))).toMatchObject({ code: "unavailable" });
    const buses = await Promise.all(Array.from({ length: 4 }, () => open("secret")));
    await Promise.all(buses.map((bus, index) => bus.enqueue(message(`c${index}`))));
    await Promise.all(buses.map((bus) => bus.close()));
  });

  test("whose streams are gone makes the calls of roles that may not make them fail, and a follower that nobody listens to is loud", async () => {
    await using server = await startNats();
    const world = freshWorld();
    const maker = await connectNatsBus({ servers: server.url, world });
    const bus = await connectNatsBus({ servers: server.url, world, createStreams: false });
    const plain = await connect({ servers: server.url });
    const loud: unknown[] = [];
    const former = process.rawListeners("uncaughtException") as ((error: Error) => void)[];
    process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => void loud.push(error));
    try {
      await bus.follow(() => {
        throw new Error("no such table");
      });
      await bus.publish(log(1));
      await until(() => expect(loud).toMatchObject([{ code: "handler_failed" }]));
      const manager = await jetstreamManager(plain);
      for (const stream of [`CMD_${world}`, `EVT_${world}`]) await manager.streams.delete(stream);
      const remedy = { code: "unavailable", message: expect.stringMatching(/a host makes|the relay makes/) as string };
      const onReply = (): void => undefined;
      expect(await rejectionOf(bus.enqueue(message("a"), { onReply }))).toMatchObject(remedy);
      expect(await rejectionOf(bus.serve(() => undefined))).toMatchObject(remedy);
      expect(await rejectionOf(bus.publish(log(2)))).toMatchObject({ code: "unavailable" });
      // It waits for a relay, which it would not be told of.
      const newest = bus.newest();
      await maker.publish(log(1)).catch(() => undefined);
      expect(await newest).toBeUndefined();
      // Who may make them does: the feed begins anew, and its publisher is told so.
      expect(await maker.publish(log(2))).toBe(log(2).at(-1)?.position);
      await maker.serve((delivery) => delivery.acknowledge());
      await maker.enqueue(message("b"));
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of former) process.on("uncaughtException", listener);
      await Promise.all([bus.close(), maker.close(), plain.close()]);
    }
  });
});
