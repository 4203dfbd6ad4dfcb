import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createInbox, headers as natsHeaders } from "@nats-io/transport-node";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ref, type Ref } from "@aethyr/kernel";
import { encodeReply, headers, partitionedSubjectOf, partitionMapping, partitionOf, refused, subjectOf } from "@aethyr/protocol";
import { type RunningServer, ensureServer, startNats } from "@aethyr/servers";
import type { Delivery } from "../bus.ts";
import { deal, hall, hallShare, limits, range, rejectionOf, roomsOf, serveNoting, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";
import { worldsOn } from "./on-world.fixture.ts";
import { openRawClient } from "./raw-client.fixture.ts";

const nats = await ensureServer("nats");

const { partitions } = limits;

describe.skipIf(nats === undefined)("partitions on a real nats-server", () => {
  let server: RunningServer;
  /** In the world `mapped` the server itself puts the partition into requests; in `crooked`, the wrong one. */
  let mapping: RunningServer;
  beforeAll(async () => {
    const { src, dest } = partitionMapping("request", "mapped", partitions);
    const crooked = partitionMapping("request", "crooked", partitions - 1);
    const config = `mappings = { "${src}": "${dest}", "${crooked.src}": "${crooked.dest}" }`;
    [server, mapping] = await Promise.all([startNats(), startNats({ config })]);
  }, 120_000);
  afterAll(() => Promise.all([server.stop(), mapping.stop()]));

  const onWorld = worldsOn(() => server, { partitions });
  const onMappedWorld = worldsOn(() => mapping, { partitions });

  const targets = fc.record({
    type: fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,31}$/),
    id: fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/),
  });

  test("the server puts every aggregate into the partition that we compute", () =>
    onWorld(async ({ world, bus, plain }) => {
      const count = 37;
      await bus({ partitions: count, queueLimit: 10_000 });
      const client = await plain();
      const sample: readonly Ref[] = [ref("word.game", "en.1"), ...fc.sample(targets, 500)];
      const publish = jetstream(client);
      const acknowledged = await Promise.all(sample.map((target) => publish.publish(subjectOf("queue", world, target), "x")));
      const manager = await jetstreamManager(client);
      for (const [index, { seq }] of acknowledged.entries()) {
        const target = sample[index] ?? hall;
        const stored = await manager.streams.getMessage(`CMD_${world}`, { seq });
        expect(stored?.subject).toBe(partitionedSubjectOf("queue", world, partitionOf(target, count), target));
      }
    }));

  const answering = (delivery: Delivery): void => {
    delivery.respond(encodeReply(refused(delivery.id, "rejected", "no"), delivery.contentType));
    delivery.acknowledge();
  };
  const text = (id: string, target: Ref): string => JSON.stringify({ v: 1, id, type: "Open", target, data: {} });

  describe("a request on the plain subject", () => {
    test("reaches the owner, whichever host gets it first, with its headers, and the owner's answer reaches the sender", () =>
      onWorld(async ({ world, bus, plain }) => {
        const hosts = await Promise.all(range(partitions).map(() => bus()));
        const taken: [number, Delivery][] = [];
        for (const [partition, host] of hosts.entries()) {
          const take = (delivery: Delivery): void => {
            taken.push([partition, delivery]);
            answering(delivery);
          };
          await host.serve(take, { partition, epoch: 1 });
        }
        const client = await plain();
        const named = natsHeaders();
        named.set(headers.messageId, "from-header");
        for (const partition of range(partitions)) {
          for (const room of roomsOf(partition, 8)) {
            const reply = await client.request(subjectOf("request", world, room), text("x", room), { headers: named, timeout: 10_000 });
            expect(reply.json()).toMatchObject({ command: "from-header", code: "rejected" });
          }
        }
        expect(taken).toHaveLength(8 * partitions);
        for (const [partition, { id, lane, target }] of taken) {
          expect([id, lane, partitionOf(target, partitions)]).toStrictEqual(["from-header", "request", partition]);
        }
      }));

    test("for an aggregate that nobody serves is answered at once by `no responders`, whoever else serves", () =>
      onWorld(async ({ world, bus, plain }) => {
        const { partition } = hallShare(1);
        await serveNoting(await bus(), deal, { partition: (partition + 1) % partitions, epoch: 1 });
        const client = await plain();
        const failure = await rejectionOf(client.request(subjectOf("request", world, hall), text("a", hall), { timeout: 60_000 }));
        expect(failure).toMatchObject({ message: expect.stringContaining("no responders") });
      }));

    test("at the wrong partition is passed on to the right one", () =>
      onWorld(async ({ world, bus, plain }) => {
        const { partition } = hallShare(1);
        const wrong = (partition + 1) % partitions;
        const other = await serveNoting(await bus(), answering, { partition: wrong, epoch: 1 });
        const owner = await serveNoting(await bus(), answering, hallShare(1));
        const client = await plain();
        const reply = await client.request(partitionedSubjectOf("request", world, wrong, hall), text("a", hall), { timeout: 10_000 });
        expect(reply.json()).toMatchObject({ command: "a", code: "rejected" });
        expect([owner.taken.length, other.taken.length]).toStrictEqual([1, 0]);
      }));

    test("[G11] is passed on without what its sender orders the server to do, which would be done with the host's rights", () =>
      onWorld(async ({ world, bus, plain }) => {
        const { partition } = hallShare(1);
        const wrong = (partition + 1) % partitions;
        await serveNoting(await bus(), answering, { partition: wrong, epoch: 1 });
        const owner = await serveNoting(await bus(), answering, hallShare(1));
        const spy = await plain();
        const traces: string[] = [];
        spy.subscribe("traces.>", { callback: (_error, { subject }) => void traces.push(subject) });
        const passed: (readonly string[])[] = [];
        spy.subscribe(partitionedSubjectOf("request", world, partition, hall), {
          callback: (_error, { headers: all }) => void passed.push([...(all?.keys() ?? [])].toSorted()),
        });
        await spy.flush();
        // With a status in its first line the server looks for no orders in it; whoever sends it on without one would give them.
        const block =
          "NATS/1.0 200 OK\r\nNats-Trace-Dest: traces.stolen\r\nNats-Msg-Id: a\r\nNats-Rollup: all\r\ntraceparent: 00-1-1-01\r\n\r\n";
        const raw = await openRawClient(Number(new URL(server.url).port));
        raw.publish(partitionedSubjectOf("request", world, wrong, hall), Buffer.from(text("a", hall)), {
          reply: createInbox(),
          headers: Buffer.from(block),
        });
        await until(() => expect(owner.taken).toMatchObject([{ id: "a" }]));
        await spy.flush();
        expect(passed).toEqual([[headers.messageId, headers.passedOn, headers.replyTo].toSorted()]);
        expect(traces).toEqual([]);
        raw.close();
      }));

    test("is passed on once: who gets it and does not own it either says so", () =>
      onWorld(async ({ world, bus, plain }) => {
        const { taken } = await serveNoting(await bus(), answering, hallShare(1));
        const client = await plain();
        const passed = natsHeaders();
        passed.set(headers.passedOn, "1");
        const [elsewhere = hall] = roomsOf((hallShare(1).partition + 1) % partitions, 1);
        const inbox = createInbox();
        const replies: unknown[] = [];
        client.subscribe(inbox, { callback: (_error, reply) => void replies.push(reply.json()) });
        passed.set(headers.replyTo, inbox);
        const crooked = partitionedSubjectOf("request", world, hallShare(1).partition, elsewhere);
        client.publish(crooked, text("a", elsewhere), { headers: passed });
        await until(() => expect(replies).toMatchObject([{ command: "a", code: "unavailable" }]));
        expect(taken).toStrictEqual([]);
      }));

    test("that is too large to be passed on with its marks is answered so", () =>
      onWorld(async ({ world, bus, plain }) => {
        await serveNoting(await bus(), answering, { partition: (hallShare(1).partition + 1) % partitions, epoch: 1 });
        const client = await plain();
        const size = (client.info?.max_payload ?? 0) - 10;
        const reply = await client.request(subjectOf("request", world, hall), "x".repeat(size), { timeout: 10_000 });
        expect(reply.json()).toMatchObject({ code: "too_large" });
      }));
  });

  test("a mapping of the server saves the hop, and a wrong one costs one", async () => {
    for (const world of ["mapped", "crooked"]) {
      await onMappedWorld(async ({ bus, plain }) => {
        const hosts = await Promise.all(range(partitions).map(() => bus()));
        const taken: Delivery[] = [];
        for (const [partition, host] of hosts.entries()) {
          const take = (delivery: Delivery): void => {
            taken.push(delivery);
            answering(delivery);
          };
          await host.serve(take, { partition, epoch: 1 });
        }
        const client = await plain();
        const rooms = range(partitions).flatMap((partition) => roomsOf(partition, 4));
        for (const room of rooms) {
          const reply = await client.request(subjectOf("request", world, room), text("x", room), { timeout: 10_000 });
          expect(reply.json()).toMatchObject({ command: "x", code: "rejected" });
        }
        expect(taken.map(({ target }) => target)).toStrictEqual(rooms);
      }, world);
    }
  });

  describe("the number of partitions", () => {
    test("is fixed with the stream: without a number a connection takes it over, with another one it is told what to do", () =>
      onWorld(async ({ world, bus }) => {
        expect((await bus({ partitions: 16 })).partitions).toBe(16);
        const other = await connectNatsBus({ servers: server.url, world });
        expect(other.partitions).toBe(16);
        await other.close();
        expect(await rejectionOf(bus({ partitions: 8 }))).toMatchObject({
          code: "other_partitions",
          details: { actual: 16, asked: 8 },
          message: expect.stringContaining("partitions resize"),
        });
        for (const count of [0, -1, 1.5, 100_000]) {
          expect(await rejectionOf(bus({ partitions: count }))).toMatchObject({ code: "other_partitions" });
        }
      }));

    test("is 32 where nobody says another", () =>
      onWorld(async ({ world }) => {
        const bus = await connectNatsBus({ servers: server.url, world });
        expect(bus.partitions).toBe(32);
        await bus.close();
      }));

    test("is missing in a stream of an older version, which says what to do", () =>
      onWorld(async ({ world, bus, plain }) => {
        const manager = await jetstreamManager(await plain());
        await manager.streams.add({ name: `CMD_${world}`, subjects: [`cmd.${world}.*.*`] });
        expect(await rejectionOf(bus())).toMatchObject({ code: "other_partitions", details: { actual: null } });
      }));
  });
});
