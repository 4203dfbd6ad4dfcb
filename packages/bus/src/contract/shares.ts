import { describe, expect } from "vitest";
import type { Delivery } from "../bus.ts";
import {
  deal,
  enqueueAll,
  hall,
  hallShare,
  hold,
  idsOf,
  limits,
  message,
  type OnBus,
  range,
  rejectionOf,
  roomsOf,
  serveNoting,
  textOf,
  until,
} from "./support.ts";

export function sharesContract(onBus: OnBus): void {
  describe("shares", () => {
    onBus("a share gets the commands of its partition on both lanes, and no others", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const rooms = range(limits.partitions).flatMap((partition) => roomsOf(partition, 2));
      const { partition } = hallShare(1);
      const { taken } = await serveNoting(host, deal, hallShare(1));
      for (const room of rooms) {
        await sender.enqueue(message(`q-${room.id}`, room));
        const call = sender.request(message(`r-${room.id}`, room), { timeoutMs: 10_000 });
        if (room.id.startsWith(`${partition}.`)) expect(textOf(await call)).toBe(`reply to r-${room.id}`);
        else expect(await rejectionOf(call)).toMatchObject({ code: "no_responders" });
      }
      const [a, b] = roomsOf(partition, 2).map(({ id }) => id);
      await until(() => expect([...idsOf(taken)].toSorted()).toStrictEqual([`q-${a}`, `q-${b}`, `r-${a}`, `r-${b}`]));
      for (const delivery of taken) expect(delivery.attempt).toBe(1);
    });

    onBus("a connection serves several partitions, each until it is closed, and two hosts all of them", async (connect) => {
      const [sender, one, two] = [await connect(), await connect(), await connect()];
      const taken: [number, Delivery][] = [];
      const partitions = range(limits.partitions);
      const shares = await Promise.all(
        partitions.map((partition) =>
          (partition % 2 === 0 ? one : two).serve(
            (delivery) => {
              taken.push([partition, delivery]);
              deal(delivery);
            },
            { partition, epoch: 1 },
          ),
        ),
      );
      for (const partition of partitions) {
        const [room = hall] = roomsOf(partition, 1);
        await sender.enqueue(message(`a${partition}`, room));
        expect(textOf(await sender.request(message(`b${partition}`, room)))).toBe(`reply to b${partition}`);
      }
      await until(() => expect(taken).toHaveLength(2 * limits.partitions));
      for (const [partition, { id }] of taken) expect(id.slice(1)).toBe(String(partition));
      await shares[0]?.close();
      await shares[0]?.close();
      for (const partition of partitions) await sender.enqueue(message(`c${partition}`, roomsOf(partition, 1)[0]));
      await until(() => expect(taken).toHaveLength(3 * limits.partitions - 1));
      expect(taken.map(([, { id }]) => id)).not.toContain("c0");
    });

    onBus("[G4] a higher epoch takes the partition: what the lower one did not acknowledge comes first, in order", async (connect) => {
      const [sender, host, next] = [await connect(), await connect(), await connect()];
      let lost = 0;
      const first = await serveNoting(
        host,
        ({ id, acknowledge }) => {
          if (id === "a" || id === "c") acknowledge();
        },
        hallShare(1, () => {
          lost += 1;
        }),
      );
      await enqueueAll(sender, ["a", "b", "c", "d", "e"]);
      await until(() => expect(idsOf(first.taken)).toStrictEqual(["a", "b", "c", "d", "e"]));
      const second = await serveNoting(next, hold, hallShare(2));
      await enqueueAll(sender, ["f", "g"]);
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["b", "d", "e", "f", "g"]));
      expect(second.taken.slice(0, 3).every(({ attempt }) => attempt > 1)).toBe(true);
      await until(() => expect(lost).toBe(1));
      expect(first.taken).toHaveLength(5);
    });

    onBus("[G4] who lost a partition cannot acknowledge what it held, and gets nothing more on either lane", async (connect) => {
      const [sender, host, next] = [await connect(), await connect(), await connect()];
      let lost = 0;
      const share = hallShare(1, () => {
        lost += 1;
      });
      const first = await serveNoting(host, hold, share);
      await enqueueAll(sender, ["a", "b"]);
      await until(() => expect(first.taken).toHaveLength(2));
      const second = await serveNoting(next, hold, hallShare(2));
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "b"]));
      await until(() => expect(lost).toBe(1));
      for (const delivery of first.taken) delivery.acknowledge();
      await sender.deadLetters(1);
      const call = sender.request(message("now"), { timeoutMs: 10_000 });
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "b", "now"]));
      for (const delivery of second.taken) if (delivery.id === "now") deal(delivery);
      expect(textOf(await call)).toBe("reply to now");
      await first.close();
      const third = await serveNoting(await connect(), hold, hallShare(3));
      await until(() => expect(idsOf(third.taken)).toStrictEqual(["a", "b"]));
      expect(first.taken).toHaveLength(2);
      expect(lost).toBe(1);
    });

    onBus(
      "[G4] a lower epoch gets nothing, and neither does one that was served before, while its successor serves or after",
      async (connect) => {
        const [sender, host, late] = [await connect(), await connect(), await connect()];
        const { taken, close } = await serveNoting(host, hold, hallShare(5));
        await enqueueAll(sender, ["a"]);
        await until(() => expect(taken).toHaveLength(1));
        const { partition } = hallShare(5);
        for (const epoch of [4, 5]) {
          expect(await rejectionOf(late.serve(hold, hallShare(epoch)))).toMatchObject({
            code: "outdated_epoch",
            details: { partition, epoch, seen: 5 },
          });
        }
        await enqueueAll(sender, ["b"]);
        await until(() => expect(idsOf(taken)).toStrictEqual(["a", "b"]));
        await close();
        expect(await rejectionOf(late.serve(hold, hallShare(4)))).toMatchObject({ code: "outdated_epoch" });
        const next = await serveNoting(late, hold, hallShare(6));
        await until(() => expect(idsOf(next.taken)).toStrictEqual(["a", "b"]));
      },
    );

    // A race may leave one of them without an answer, which a host answers by another attempt under a new epoch.
    onBus("[G4] of two that take a partition at once the higher epoch has it, at once or when it tries again", async (connect) => {
      const [sender, one, two] = [await connect(), await connect(), await connect()];
      let lost = 0;
      const lower = serveNoting(
        one,
        hold,
        hallShare(1, () => {
          lost += 1;
        }),
      ).then(
        () => "served",
        (error: unknown) => error,
      );
      const unanswered = expect.stringMatching(/^(?:timeout|unavailable)$/);
      const take = async (epoch: number): Promise<Awaited<ReturnType<typeof serveNoting>>> => {
        try {
          return await serveNoting(two, hold, hallShare(epoch));
        } catch (error) {
          expect(error).toMatchObject({ code: unanswered });
          expect(epoch).toBeLessThan(6);
          return take(epoch + 1);
        }
      };
      const higher = await take(2);
      await enqueueAll(sender, ["a", "b"]);
      await until(() => expect(idsOf(higher.taken)).toStrictEqual(["a", "b"]));
      const outcome = await lower;
      if (outcome === "served") await until(() => expect(lost).toBe(1));
      else expect(outcome).toMatchObject({ code: expect.stringMatching(/^(?:outdated_epoch|timeout|unavailable)$/) });
    });

    onBus(
      "[G2] [G4] a share that is closed hands the rest to its successor, in order, and is not told that it lost it",
      async (connect) => {
        const [sender, host, next] = [await connect(), await connect(), await connect()];
        let lost = 0;
        const first = await serveNoting(
          host,
          hold,
          hallShare(1, () => {
            lost += 1;
          }),
        );
        await enqueueAll(sender, ["a", "b", "c"]);
        await until(() => expect(first.taken).toHaveLength(3));
        const replies: string[] = [];
        await sender.enqueue(message("d"), { onReply: (reply) => void replies.push(textOf(reply)) });
        await until(() => expect(first.taken).toHaveLength(4));
        await first.close();
        await enqueueAll(sender, ["e"]);
        // As a host that finishes what it took: what it deals with now is dealt with.
        for (const delivery of first.taken) if (delivery.id === "b" || delivery.id === "d") deal(delivery);
        await until(() => expect(replies).toStrictEqual(["reply to d"]));
        const second = await serveNoting(next, deal, hallShare(2));
        await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "c", "e"]));
        expect(first.taken).toHaveLength(4);
        expect(lost).toBe(0);
      },
    );

    onBus("[G4] in the order in which they were sent, whoever had it, over many owners", async (connect) => {
      const sender = await connect();
      const order: string[] = [];
      const rounds = 5;
      for (const round of range(rounds)) {
        const host = await connect();
        const taken: Delivery[] = [];
        // Takes some, acknowledges all but the last few, and is overtaken by the next.
        await host.serve(
          (delivery) => {
            taken.push(delivery);
            if (taken.length <= 3) {
              order.push(delivery.id);
              delivery.acknowledge();
            }
          },
          hallShare(round + 1),
        );
        await enqueueAll(
          sender,
          range(4).map((index) => `c${4 * round + index}`),
        );
        await until(() => expect(taken.length).toBeGreaterThanOrEqual(4));
      }
      const last = await serveNoting(await connect(), deal, hallShare(rounds + 1));
      await until(() => expect(order.length + last.taken.length).toBeGreaterThanOrEqual(4 * rounds));
      expect([...order, ...idsOf(last.taken)]).toStrictEqual(range(4 * rounds).map((index) => `c${index}`));
    });

    onBus("a partition that the lanes do not have is refused", async (connect) => {
      const host = await connect();
      for (const partition of [-1, 0.5, limits.partitions, Number.NaN]) {
        expect(await rejectionOf(host.serve(hold, { partition, epoch: 1 }))).toMatchObject({ code: "other_partitions" });
      }
    });
  });
}
