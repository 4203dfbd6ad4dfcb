import { describe, expect } from "vitest";
import type { DeadLetter } from "../bus.ts";
import { deal, hall, idsOf, limits, message, type OnBus, range, rejectionOf, serveNoting, textOf, until } from "./support.ts";

const letter = (id: string, text = id): DeadLetter => ({ ...message(id, hall, text), reason: "decide threw", attempts: 1 });

export function deadLettersContract(onBus: OnBus): void {
  describe("dead letters", () => {
    onBus("the newest come first, as many as asked for, as they were put aside", async (connect) => {
      const [host, operator] = [await connect(), await connect()];
      expect(await operator.deadLetters(10)).toStrictEqual([]);
      for (const index of range(5)) await host.deadLetter({ ...letter(`c${index}`), attempts: index + 1 });
      const letters = await operator.deadLetters(2);
      expect(letters).toMatchObject([
        { id: "c4", target: hall, reason: "decide threw", attempts: 5, contentType: "application/json" },
        { id: "c3", attempts: 4 },
      ]);
      expect(letters.map(textOf)).toStrictEqual(["c4", "c3"]);
      for (const { at } of letters) expect(new Date(at).toISOString()).toBe(at);
      expect(await operator.deadLetters(0)).toStrictEqual([]);
      expect(await operator.deadLetters(100)).toHaveLength(5);
    });

    onBus("[G11] whatever is wrong with a command, it can be put aside", async (connect) => {
      const bus = await connect();
      const large = message("a\nb", hall, "x".repeat(limits.maxMessageBytes + 7));
      await bus.deadLetter({ ...large, reason: `é\r\n\u0000${"é".repeat(1_000)}`, attempts: 1 });
      await bus.deadLetter({ ...message("a\nb", hall, "other"), reason: "", attempts: 1 });
      const [other, cut] = await bus.deadLetters(10);
      expect(cut).toMatchObject({ id: expect.stringMatching(/^unreadable-[0-9a-f]{16}$/), cut: 7, reason: `é ${"é".repeat(498)}` });
      expect(cut?.bytes).toHaveLength(limits.maxMessageBytes);
      expect(other).not.toHaveProperty("cut");
      expect(other?.id).not.toBe(cut?.id);
    });

    onBus("one is found by its number, and dropped", async (connect) => {
      const bus = await connect();
      for (const id of ["a", "b"]) await bus.deadLetter(letter(id));
      const [b, a] = await bus.deadLetters(10);
      const number = a?.number ?? Number.NaN;
      expect(await bus.findDeadLetter(number)).toStrictEqual(a);
      expect(await bus.dropDeadLetter(number)).toBe(true);
      expect(await bus.dropDeadLetter(number)).toBe(false);
      expect(await bus.findDeadLetter(number)).toBeUndefined();
      expect(await bus.deadLetters(10)).toStrictEqual([b]);
      for (const none of [0, -1, 1.5, 1_000_000, Number.NaN]) {
        expect(await bus.findDeadLetter(none)).toBeUndefined();
        expect(await bus.dropDeadLetter(none)).toBe(false);
        expect(await bus.retryDeadLetter(none)).toBe(false);
      }
    });

    onBus(
      "[G3] one that is sent again reaches a host under its own id, also while the lane remembers that id, and is gone here",
      async (connect) => {
        const [sender, host] = [await connect(), await connect()];
        const { taken, close } = await serveNoting(host, (delivery) => {
          void host.deadLetter({ ...delivery, reason: "decide threw", attempts: delivery.attempt }).then(() => delivery.acknowledge());
        });
        await sender.enqueue(message("a"));
        await until(async () => expect(await sender.deadLetters(10)).toMatchObject([{ id: "a" }]));
        await close();
        const [kept] = await sender.deadLetters(1);
        expect(await sender.retryDeadLetter(kept?.number ?? 0)).toBe(true);
        expect(await sender.retryDeadLetter(kept?.number ?? 0)).toBe(false);
        expect(await sender.deadLetters(10)).toStrictEqual([]);
        const mended = await serveNoting(host, deal);
        await until(() => expect(mended.taken).toMatchObject([{ id: "a", target: hall, contentType: "application/json" }]));
        expect(mended.taken.map(textOf)).toStrictEqual(["a"]);
        expect(idsOf(taken)).toStrictEqual(["a"]);
      },
    );

    onBus("[G3] one that is sent again at once, and fails again, is put aside anew, as often as that happens", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      await serveNoting(host, (delivery) => {
        void host.deadLetter({ ...delivery, reason: "decide threw", attempts: delivery.attempt }).then(() => delivery.acknowledge());
      });
      const after = async (number: number): Promise<number> => {
        await until(async () => {
          const letters = await sender.deadLetters(10);
          expect(letters).toMatchObject([{ id: "a", target: hall, reason: "decide threw" }]);
          expect(letters.map(textOf)).toStrictEqual(["a"]);
          expect(letters[0]?.number).toBeGreaterThan(number);
        });
        const [letter] = await sender.deadLetters(1);
        return letter?.number ?? Number.NaN;
      };
      await sender.enqueue(message("a"));
      let number = await after(0);
      for (const _ of range(3)) {
        expect(await sender.retryDeadLetter(number)).toBe(true);
        number = await after(number);
      }
    });

    onBus("what is no whole command is not sent again, and stays", async (connect) => {
      const bus = await connect();
      await bus.deadLetter(letter("cut", "x".repeat(limits.maxMessageBytes + 1)));
      await bus.deadLetter(letter("no\nid"));
      const letters = await bus.deadLetters(10);
      for (const { number } of letters) {
        expect(await rejectionOf(bus.retryDeadLetter(number))).toMatchObject({ code: "not_retryable", details: { number } });
      }
      expect(await bus.deadLetters(10)).toStrictEqual(letters);
    });

    onBus("[G12] one that the lane has no room for stays", async (connect) => {
      const bus = await connect();
      await bus.deadLetter(letter("a"));
      for (const index of range(limits.aggregateLimit)) await bus.enqueue(message(`c${index}`));
      const [kept] = await bus.deadLetters(1);
      expect(await rejectionOf(bus.retryDeadLetter(kept?.number ?? 0))).toMatchObject({ code: "busy" });
      expect(await bus.deadLetters(10)).toStrictEqual([kept]);
    });
  });
}
