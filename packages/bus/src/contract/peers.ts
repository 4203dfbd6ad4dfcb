import type { Payload } from "@aethyr/protocol";
import { describe, expect } from "vitest";
import type { Bus, Subscription } from "../bus.ts";
import { hall, hallShare, hold, limits, message, type OnBus, payload, range, rejectionOf, roomsOf, textOf, until } from "./support.ts";

// Far beyond what a test waits for: where this runs out, the answer did not come at once.
const longMs = 10 * 60_000;

/** Has the hall's partition, and notes what it is asked; answers with its own name unless told otherwise. */
async function answerAs(
  name: string,
  bus: Bus,
  epoch: number,
  treat: (question: Payload) => Promise<Payload> = async (question) => payload(`${name} to ${textOf(question)}`),
): Promise<Subscription & { readonly asked: string[]; readonly lost: () => boolean }> {
  const asked: string[] = [];
  let isLost = false;
  const { close } = await bus.serve(hold, {
    ...hallShare(epoch, () => {
      isLost = true;
    }),
    onQuestion: (question) => {
      asked.push(textOf(question));
      return treat(question);
    },
  });
  return { asked, close, lost: () => isLost };
}

const ask = async (bus: Bus, text: string): Promise<string> => textOf(await bus.askOwner(hall, payload(text), { timeoutMs: 10_000 }));

const neverAnswered = (): Promise<Payload> => new Promise<Payload>(() => {});

export function peersContract(onBus: OnBus): void {
  describe("questions to owners", () => {
    onBus("a question is answered by who has the partition of the aggregate, and by nobody else", async (connect) => {
      const [guest, one, two] = [await connect(), await connect(), await connect()];
      for (const partition of range(limits.partitions)) {
        await (partition % 2 === 0 ? one : two).serve(hold, {
          partition,
          epoch: 1,
          onQuestion: async ({ bytes, contentType }) => ({ bytes: Uint8Array.from([...bytes, partition, 255]), contentType }),
        });
      }
      for (const asker of [guest, one]) {
        for (const partition of range(limits.partitions)) {
          for (const room of roomsOf(partition, 2)) {
            const question: Payload = { bytes: Uint8Array.from([0, 254]), contentType: "application/msgpack" };
            const answer = await asker.askOwner(room, question, { timeoutMs: 10_000 });
            expect([...answer.bytes]).toStrictEqual([0, 254, partition, 255]);
            expect(answer.contentType).toBe("application/msgpack");
          }
        }
      }
    });

    onBus("that nobody answers is known at once: no owner, one that takes no questions, one that has gone", async (connect) => {
      const [guest, host, next] = [await connect(), await connect(), await connect()];
      const nobody = async (): Promise<void> => {
        expect(await rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: longMs }))).toMatchObject({
          code: "no_responders",
          details: { of: "room/hall" },
        });
      };
      await nobody();
      await host.serve(hold);
      await nobody();
      const silent = await host.serve(hold, hallShare(1));
      await nobody();
      await silent.close();
      const { asked, close } = await answerAs("it", next, 2);
      expect(await ask(guest, "b")).toBe("it to b");
      await close();
      await close();
      await nobody();
      expect(asked).toStrictEqual(["b"]);
    });

    onBus("[G6] a higher epoch on another connection answers, and who lost the partition is not asked any more", async (connect) => {
      const [guest, host, next] = [await connect(), await connect(), await connect()];
      const first = await answerAs("first", host, 1);
      expect(await ask(guest, "a")).toBe("first to a");
      const second = await answerAs("second", next, 2);
      await until(() => expect(first.lost()).toBe(true));
      for (const index of range(10)) expect(await ask(guest, `b${index}`)).toBe(`second to b${index}`);
      await first.close();
      expect(await ask(guest, "c")).toBe("second to c");
      expect(first.asked).toStrictEqual(["a"]);
      expect(second.lost()).toBe(false);
    });

    onBus("[G6] a higher epoch on the same connection takes the questions over, each of them once", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const first = await answerAs("first", host, 1);
      const second = await answerAs("second", host, 2);
      expect(await ask(guest, "a")).toBe("second to a");
      await first.close();
      expect(await ask(guest, "b")).toBe("second to b");
      expect(first.asked).toStrictEqual([]);
      expect(second.asked).toStrictEqual(["a", "b"]);
      await host.serve(hold, hallShare(3));
      expect(await rejectionOf(ask(guest, "c"))).toMatchObject({ code: "no_responders" });
      const fourth = await answerAs("fourth", host, 4);
      await second.close();
      expect(await ask(guest, "d")).toBe("fourth to d");
      expect(fourth.asked).toStrictEqual(["d"]);
    });

    onBus("a question that is under way when the share closes is still answered, and the closing does not wait for it", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const { promise, resolve } = Promise.withResolvers<Payload>();
      const { asked, close } = await answerAs("it", host, 1, () => promise);
      const answer = ask(guest, "a");
      await until(() => expect(asked).toStrictEqual(["a"]));
      await close();
      resolve(payload("late, but here"));
      expect(await answer).toBe("late, but here");
    });

    onBus("answers find their own questions, in whatever order they come", async (connect) => {
      const [one, two, host] = [await connect(), await connect(), await connect()];
      const answers: (() => void)[] = [];
      const { asked } = await answerAs("it", host, 1, (question) => {
        const { promise, resolve } = Promise.withResolvers<Payload>();
        answers.push(() => resolve(payload(`answer to ${textOf(question)}`)));
        return promise;
      });
      const texts = range(20).map((index) => `q${index}`);
      const calls = texts.map((text, index) => ask(index % 2 === 0 ? one : two, text));
      await until(() => expect(asked).toHaveLength(20));
      for (const answer of answers.toReversed()) answer();
      expect(await Promise.all(calls)).toStrictEqual(texts.map((text) => `answer to ${text}`));
    });

    onBus("an answer that does not come in time is a timeout, and goes nowhere when it comes", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const { promise, resolve } = Promise.withResolvers<Payload>();
      const { asked } = await answerAs("it", host, 1, (question) => (textOf(question) === "a" ? promise : Promise.resolve(payload("b"))));
      expect(await rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: 30 }))).toMatchObject({
        code: "timeout",
        details: { timeoutMs: 30 },
      });
      await until(() => expect(asked).toStrictEqual(["a"]));
      resolve(payload("late"));
      expect(await ask(guest, "b")).toBe("b");
    });

    onBus("[G11] a question over the limit is refused unheard, and one whose answer is over it as well", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const large = payload("x".repeat(limits.maxMessageBytes + 1));
      const { asked } = await answerAs("it", host, 1, async () => large);
      const expected = { code: "too_large", details: { limit: limits.maxMessageBytes, actual: limits.maxMessageBytes + 1 } };
      expect(await rejectionOf(guest.askOwner(hall, large, { timeoutMs: longMs }))).toMatchObject(expected);
      expect(asked).toStrictEqual([]);
      expect(await rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: longMs }))).toMatchObject(expected);
    });

    onBus("closing a connection rejects who still waits for an answer on it, and every question after it", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const { asked } = await answerAs("it", host, 1, neverAnswered);
      const call = rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: longMs }));
      await until(() => expect(asked).toStrictEqual(["a"]));
      await guest.close();
      expect(await call).toMatchObject({ code: "closed" });
      expect(await rejectionOf(guest.askOwner(hall, payload("b"), { timeoutMs: longMs }))).toMatchObject({ code: "closed" });
    });

    onBus("an owner that closes its connection before it has answered is not heard", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      const { promise, resolve } = Promise.withResolvers<Payload>();
      const { asked } = await answerAs("it", host, 1, () => promise);
      const call = rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: 200 }));
      await until(() => expect(asked).toStrictEqual(["a"]));
      await host.close();
      resolve(payload("late"));
      expect(await call).toMatchObject({ code: "timeout" });
    });

    onBus("a command does not wait for a question to the same owner", async (connect) => {
      const [guest, host] = [await connect(), await connect()];
      let isAsked = false;
      await host.serve((delivery) => delivery.respond(payload("done")), {
        ...hallShare(1),
        onQuestion: () => {
          isAsked = true;
          return neverAnswered();
        },
      });
      const call = rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: longMs }));
      await until(() => expect(isAsked).toBe(true));
      expect(textOf(await guest.request(message("b")))).toBe("done");
      await guest.close();
      expect(await call).toMatchObject({ code: "closed" });
    });
  });
}
