import { randomUUID } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { accepted, decodeReply, encodeReply, parseCommand, refusalOf } from "@aethyr/protocol";
import { type RunningServer, ensureServer, startNats } from "@aethyr/servers";
import type { Delivery } from "../bus.ts";
import { deal, hall, message, range, serveNoting, textOf, until } from "../contract/support.ts";
import { BusError } from "../errors.ts";
import { breaches, forgedReplies, type RawMessage, rawMessages } from "./bad-messages.fixture.ts";
import type { NatsBus } from "./nats-bus.ts";
import { worldsOn, type TestWorld } from "./on-world.fixture.ts";
import { type Heard, openRawClient, type RawClient } from "./raw-client.fixture.ts";

const nats = await ensureServer("nats");

// A long run: `AETHYR_FUZZ_MESSAGES=100000 AETHYR_FUZZ_SEED=7 npx -y pnpm test bad-input`.
const messages = Number(process.env["AETHYR_FUZZ_MESSAGES"] ?? 6_000);
const seed = Number(process.env["AETHYR_FUZZ_SEED"] ?? 20_261);
const chunk = 100;
const partitions = 4;
const longestMs = 30 * 60_000;

/** What a process may grow by, whatever is sent to it. */
const mostGrowthBytes = 400 * 1024 * 1024;

describe.skipIf(nats === undefined)("bad input on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  }, 120_000);
  afterAll(() => server.stop());

  const withWorld = worldsOn(() => server, { partitions });

  /** `left`: how many commands wait. */
  const onWorld = (body: (the: TestWorld & { left(): Promise<number> }) => Promise<void>): Promise<void> =>
    withWorld(async (the) => {
      const manager = await jetstreamManager(await the.plain());
      await body({ ...the, left: async () => (await manager.streams.info(`CMD_${the.world}`)).state.messages });
    });

  /** Takes all partitions as an actor host does: what is no command is refused, and put aside; `applied` are the others. */
  async function serveAsHost(host: NatsBus): Promise<{ readonly applied: Set<string>; readonly lost: number[] }> {
    const applied = new Set<string>();
    const lost: number[] = [];
    const take = async (delivery: Delivery): Promise<void> => {
      try {
        const { id } = parseCommand(delivery);
        applied.add(id);
        delivery.respond(encodeReply(accepted(id, [], 0), delivery.contentType));
      } catch (error) {
        const refusal = refusalOf(error, delivery.id);
        if (refusal === undefined) throw error;
        delivery.respond(encodeReply(refusal, delivery.contentType));
        if (delivery.lane === "queue") await host.deadLetter({ ...delivery, reason: refusal.message, attempts: delivery.attempt });
      }
      delivery.acknowledge();
    };
    for (const partition of range(partitions)) {
      await host.serve((delivery) => void take(delivery), { partition, epoch: 1, onLost: () => lost.push(partition) });
    }
    return { applied, lost };
  }

  /** What may be heard: NATS' own word on a publication, that nobody is there, or a reply of the protocol. */
  function isTyped({ status, body }: Heard): boolean {
    if (status !== undefined) return status === 503;
    if (body.includes('"stream":') || body.includes('"error":')) return true;
    return ["application/json" as const, "application/msgpack" as const].some((contentType) => {
      try {
        return decodeReply({ bytes: body, contentType }).command !== undefined;
      } catch {
        return false;
      }
    });
  }

  test(
    `[G11] [G12] ${messages} messages of all kinds: every one is answered in a way that a program can read, none that is no command takes effect, all that are do (seed ${seed})`,
    { timeout: longestMs },
    () =>
      onWorld(async ({ world, bus, left }) => {
        const host = await bus();
        const { applied, lost } = await serveAsHost(host);
        const good = await bus();
        const heardFor = new Set<string>();
        const untyped: Heard[] = [];
        const hear = (heard: Heard): void => {
          heardFor.add(heard.subject);
          if (!isTyped(heard)) untyped.push(heard);
        };
        const inbox = `_INBOX.${randomUUID()}`;
        const openClient = async (): Promise<RawClient> => {
          const opened = await openRawClient(server.port, hear);
          opened.subscribe(`${inbox}.>`);
          return opened;
        };
        let client = await openClient();
        let [ended, sound, forgedFeed] = [0, 0, 0];
        const arbitrary = fc.tuple(rawMessages(world), fc.integer({ min: 0, max: 99 }), forgedReplies(world));
        const before = process.memoryUsage().rss;
        for (let sent = 0; sent < messages; sent += chunk) {
          const replies = new Map<string, RawMessage>();
          const soundOnes: string[] = [];
          for (const [index, [raw, kind, forgedReply]] of fc.sample(arbitrary, { numRuns: chunk, seed: seed + sent }).entries()) {
            const own = `${inbox}.${sent + index}`;
            if (kind < 70 || raw.sound !== undefined) {
              // What says of itself that it was passed on is answered where it says, if anywhere.
              if (raw.headers?.includes("Req-Passed-On") !== true) replies.set(own, raw);
              client.publish(raw.subject, raw.body, { ...raw, reply: own });
            } else if (kind < 90) {
              client.publish(raw.subject, raw.body, raw);
            } else {
              // The server itself answers a publication to a stream wherever it is told to, so that goes onto the feed as junk.
              if (forgedReply.startsWith("evt.")) forgedFeed += 1;
              if (!forgedReply.startsWith("evt.") || forgedFeed < 800)
                client.publish(raw.subject, raw.body, { ...raw, reply: forgedReply });
            }
            if (raw.sound !== undefined) soundOnes.push(raw.sound);
          }
          expect(await client.flushed()).toBe(true);
          await until(() => {
            for (const subject of heardFor) replies.delete(subject);
            heardFor.clear();
            expect([...replies.values()]).toStrictEqual([]);
          });
          await until(() => expect(soundOnes.filter((id) => !applied.has(id))).toStrictEqual([]));
          sound += soundOnes.length;
          if ((sent / chunk) % 10 === 0) {
            // The server ends the connection of who breaks its protocol, or sends more than it takes.
            const breach = breaches[(sent / chunk / 10) % (breaches.length + 1)];
            if (breach === undefined) client.publish(`cmd.${world}.room.hall`, new Uint8Array(1_100_000));
            else client.publish(`req.${world}.room.hall`, new Uint8Array(1), { reply: breach });
            expect(await client.flushed()).toBe(false);
            ended += 1;
            client = await openClient();
          }
          // Whoever behaves is served meanwhile.
          const id = randomUUID();
          const target = ref("room", `good-${sent}`);
          const body = new TextEncoder().encode(JSON.stringify({ v: 1, id, type: "Open", target, data: {} }));
          const reply = await good.request({ id, target, bytes: body, contentType: "application/json" }, { timeoutMs: 20_000 });
          expect(decodeReply(reply)).toMatchObject({ command: id, code: "accepted" });
        }
        client.close();
        expect(untyped.slice(0, 3)).toStrictEqual([]);
        await until(async () => expect(await left()).toBe(0));
        expect([sound > messages / 20, ended > 0, lost]).toStrictEqual([true, true, []]);
        expect(host.statusCounts.get("disconnect")).toBeUndefined();
        expect(host.statusCounts.get("dead_letter_lost")).toBeUndefined();
        // Nobody can put an event onto the feed, or remove what is there.
        expect(await good.newest()).toBeUndefined();
        expect(process.memoryUsage().rss - before).toBeLessThan(mostGrowthBytes);
      }),
  );

  test("[G12] a client that asks and asks and never reads is the server's to end; others are served", { timeout: longestMs }, () =>
    onWorld(async ({ world, bus }) => {
      const host = await bus();
      const large = new Uint8Array(50_000).fill(0x20);
      for (const partition of range(partitions)) {
        await host.serve(
          (delivery) => {
            delivery.respond({ bytes: delivery.id === "good" ? new Uint8Array() : large, contentType: "application/json" });
          },
          { partition, epoch: 1 },
        );
      }
      const good = await bus();
      const before = process.memoryUsage().rss;
      const deaf = await openRawClient(server.port);
      deaf.subscribe("_INBOX.deaf.>");
      await deaf.flushed();
      deaf.stopReading();
      // More than a server keeps for one connection (64 MiB).
      for (const index of range(Math.max(3_000, messages / 10))) {
        if (!deaf.isOpen()) break;
        deaf.publish(`req.${world}.room.hall`, Buffer.from('{"id":"x"}'), { reply: `_INBOX.deaf.${index}` });
        if (index % 100 === 0) await good.request({ ...message("good"), id: "good" }, { timeoutMs: 20_000 });
      }
      await until(() => expect(server.output()).toMatch(/Slow Consumer/));
      expect(textOf(await good.request({ ...message("good"), id: "good" }, { timeoutMs: 20_000 }))).toBe("");
      expect(host.statusCounts.get("disconnect")).toBeUndefined();
      expect(process.memoryUsage().rss - before).toBeLessThan(mostGrowthBytes);
      deaf.close();
    }),
  );

  test(
    `[G2] [G4] [G12] ${messages} commands at once to one aggregate: each is kept or refused by a code, what was kept arrives in order, and other aggregates have room`,
    { timeout: longestMs },
    () =>
      onWorld(async ({ bus, left }) => {
        const aggregateLimit = 1_000;
        const [sender, host, good] = [await bus({ aggregateLimit }), await bus(), await bus()];
        const outcomes = new Map<string, string>();
        const code = (error: unknown): string => (error instanceof BusError ? error.code : String(error));
        // At first nobody serves: what is over the limit is refused, whatever comes later.
        const sent = range(messages).map((index) => `c${index}`);
        const sending: Promise<unknown>[] = [];
        for (const [index, id] of sent.entries()) {
          sending.push(
            sender.enqueue(message(id)).then(
              () => outcomes.set(id, "kept"),
              (error: unknown) => outcomes.set(id, code(error)),
            ),
          );
          // A process that never looks at what comes in takes every answer for one that did not come in time.
          if (index % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await good.enqueue(message("elsewhere", ref("room", "attic")));
        await Promise.all(sending);
        const kept = sent.filter((id) => outcomes.get(id) === "kept");
        expect(await left()).toBeLessThanOrEqual(aggregateLimit + 1);
        expect(kept.length).toBeGreaterThan(0);
        expect(kept.length).toBeLessThanOrEqual(aggregateLimit);
        const codes = new Set(outcomes.values());
        expect([...codes]).toContain("busy");
        for (const known of ["kept", "busy", "unavailable", "timeout"]) codes.delete(known);
        expect([...codes]).toStrictEqual([]);
        const taken: string[] = [];
        for (const partition of range(partitions)) {
          const take = (delivery: Delivery): void => {
            taken.push(delivery.id);
            deal(delivery);
          };
          await host.serve(take, { partition, epoch: 1 });
        }
        await until(async () => expect(await left()).toBe(0));
        await until(() => expect(taken).toHaveLength(new Set(taken).size));
        // What timed out may be kept; what was refused is not.
        const arrived = taken.filter((id) => id !== "elsewhere");
        expect(kept.filter((id) => !arrived.includes(id))).toStrictEqual([]);
        expect(arrived.filter((id) => !["kept", "timeout"].includes(outcomes.get(id) ?? ""))).toStrictEqual([]);
        expect(arrived).toStrictEqual(arrived.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
        expect(taken).toContain("elsewhere");
        const { taken: more, close } = await serveNoting(await bus(), deal);
        await sender.enqueue(message("after", hall));
        await until(() => expect(more.map(({ id }) => id)).toContain("after"));
        await close();
      }),
  );
});
