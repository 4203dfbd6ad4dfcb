import { pathOf, ref } from "@aethyr/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Delivery } from "../bus.ts";
import { deal, log, message, range, serveNoting } from "../contract/support.ts";
import { BusError } from "../errors.ts";
import { createInProcessBus } from "../in-process/in-process-bus.ts";
import { settled } from "../test-support.ts";
import { withFaults } from "./with-faults.ts";

const codeOf = (error: unknown): string => (error instanceof BusError ? error.code : String(error));

describe("under any faults", () => {
  const firstOf = (taken: readonly Delivery[], lane: string, target: string): readonly string[] => [
    ...new Set(taken.filter((delivery) => delivery.lane === lane && pathOf(delivery.target) === target).map((delivery) => delivery.id)),
  ];
  const rate = fc.double({ min: 0, max: 0.6, noNaN: true });
  const rates = fc.record({ duplicate: rate, delay: rate, reorder: rate, fail: rate, drop: rate });
  const rooms = range(3).map((index) => ref("room", `r${index}`));
  const ids = (room: string, count: number): readonly string[] => range(count).map((index) => `${room}-${index}`);

  test("[G4] a sender that repeats under the same id reaches the server, in order per aggregate and lane", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), rates, fc.integer({ min: 1, max: 12 }), async (seed, faults, count) => {
        const broker = createInProcessBus();
        const host = withFaults(broker.connect(), { ...faults, seed });
        const { taken } = await serveNoting(host);
        const send = async (call: () => Promise<unknown>): Promise<void> => {
          for (let attempt = 0; attempt < 1_000; attempt += 1) {
            const code = await call().then(() => undefined, codeOf);
            if (code === undefined) return;
            expect(["unavailable", "timeout"]).toContain(code);
          }
          throw new Error("a thousand attempts were not enough");
        };
        await Promise.all(
          rooms.flatMap((room, index) => {
            const sender = withFaults(broker.connect(), { ...faults, seed: seed + index });
            const each = async (lane: string, call: (id: string) => Promise<unknown>): Promise<void> => {
              for (const id of ids(`${lane}-${room.id}`, count)) await send(() => call(id));
            };
            return [each("queue", (id) => sender.enqueue(message(id, room))), each("request", (id) => sender.request(message(id, room)))];
          }),
        );
        const all = 2 * rooms.length * count;
        while (new Set(taken.map((delivery) => delivery.id)).size < all) await settled(40);
        for (const room of rooms) {
          for (const lane of ["queue", "request"])
            expect(firstOf(taken, lane, pathOf(room))).toStrictEqual(ids(`${lane}-${room.id}`, count));
        }
        await host.close();
        await broker.close();
      }),
      { numRuns: 40 },
    );
  });

  test("[G4] commands sent without waiting arrive in order per aggregate, also across servers that go away", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        rates,
        fc.array(fc.nat(2), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (seed, faults, targets, mortality) => {
          const broker = createInProcessBus();
          const sent = targets.map((room, index) => message(`c${index}`, rooms[room] ?? ref("room", "r0")));
          await Promise.all(sent.map((the) => broker.enqueue(the)));
          const taken: Delivery[] = [];
          const missing = (): number => sent.length - new Set(taken.map((delivery) => delivery.id)).size;
          for (let life = 0; missing() > 0; life += 1) {
            const host = withFaults(broker.connect(), { ...faults, seed: seed + life });
            await serveNoting(host, (delivery) => {
              taken.push(delivery);
              // Some die before they acknowledge, each time some others.
              if ((taken.length + life) % mortality === 0) deal(delivery);
            });
            await settled(40);
            await host.close();
          }
          for (const room of rooms) {
            expect(firstOf(taken, "queue", pathOf(room))).toStrictEqual(
              sent.filter((the) => pathOf(the.target) === pathOf(room)).map(({ id }) => id),
            );
          }
          await broker.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  test("[G7] a reader that skips what it has sees every event once, however batches come again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(fc.nat(20), { maxLength: 20 }), async (seed, steps) => {
        const bus = withFaults(createInProcessBus(), { seed, duplicate: 0.5, delay: 0.3 });
        const seen: number[] = [];
        await bus.follow((events) => {
          for (const event of events) if (event.position > (seen.at(-1) ?? 0)) seen.push(event.position);
        });
        const events = log(steps.reduce((sum, step) => sum + step, 0));
        let sent = 0;
        for (const step of steps) {
          await bus.publish(events.slice(sent, sent + step));
          sent += step;
          if (step % 3 === 0) await settled();
        }
        while (seen.length < events.length) await settled(40);
        expect(seen).toStrictEqual(events.map((event) => event.position));
        await bus.close();
      }),
      { numRuns: 40 },
    );
  });
});
