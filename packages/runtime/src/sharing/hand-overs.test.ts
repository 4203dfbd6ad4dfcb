import { createInProcessBus } from "@aethyr/bus";
import { decodeReply, encodeCommand, type Reply } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { silentLog } from "../ports.ts";
import { serveCommands } from "../serving/serve.ts";
import { command, logOf, onRealEngine, openFencedTestStore, placing, startHost } from "../testing/index.ts";

const handOvers = onRealEngine() ? 5 : 20;
const senders = 8;
const window = 8;

const turns = async (count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) await new Promise(setImmediate);
};

test.runIf(openFencedTestStore() !== undefined)(
  "[R38][R41][G3][G4] whoever has the partition when: every command of the queue lane is answered, what was told to change nothing never does, and order is kept",
  async () => {
    const store = openFencedTestStore()!;
    const lanes = createInProcessBus({ partitions: 1 });
    // As far away as a log is.
    const joining = () => {
      const placed = placing(store);
      const newestFence: typeof placed.newestFence = (partition) => turns(3).then(() => placed.newestFence(partition));
      return { placed, bus: lanes.connect(), ...startHost({ store, answers: store.answers, ownership: { ...placed, newestFence } }) };
    };
    const hosts = [joining(), joining()] as const;
    const answers = new Map<string, Promise<Reply>>();
    let isOver = false;

    /** Asks in turns for too much, which is refused, and for one more, many at a time. */
    async function send(sender: number): Promise<readonly string[]> {
      const target = `counter/s${sender}.1`;
      const accepted: string[] = [];
      const waiting: Promise<Reply>[] = [];
      for (let number = 0; !isOver; number += 1) {
        const [type, amount] = number % 2 === 0 ? ["Add", -1_000_000] : ["Add", 1];
        const envelope = command(target, type, { amount });
        const reply = Promise.withResolvers<Reply>();
        answers.set(envelope.id, reply.promise);
        if (amount === 1) accepted.push(envelope.id);
        await lanes.enqueue(
          { ...encodeCommand(envelope, "application/msgpack"), id: envelope.id, target: envelope.target },
          { onReply: (payload) => reply.resolve(decodeReply(payload)) },
        );
        // No more than so many of them wait.
        await [...waiting, reply.promise].at(-window);
        waiting.push(reply.promise);
      }
      return accepted;
    }

    let epoch = 0;
    const take = async ({ placed, host, bus }: (typeof hosts)[number]) => {
      await placed.take(1);
      return serveCommands({ host, bus, log: silentLog, share: { partition: 0, epoch: (epoch += 1) } });
    };
    let serving = await take(hosts[0]);
    for (let sender = 0; sender < senders; sender += 1) await hosts[0].send(`counter/s${sender}.1`, "Open");
    const sending = Promise.all(Array.from({ length: senders }, (_, sender) => send(sender)));
    for (let number = 1; number <= handOvers; number += 1) {
      const [from, to] = number % 2 === 1 ? hosts : ([hosts[1], hosts[0]] as const);
      await turns(7 * (number % 4));
      // As one host gives a partition to another; every third time it is taken from one that does not know.
      if (number % 3 !== 0) {
        await serving.close();
        await from.host.drain(() => true);
        from.placed.release(1);
      }
      const next = await take(to);
      if (number % 3 === 0) {
        await serving.close();
        from.placed.release(1);
      }
      serving = next;
    }
    isOver = true;
    const accepted = await sending;

    const told = new Map(await Promise.all([...answers].map(async ([id, reply]) => [id, await reply] as const)));
    expect(told.size).toBeGreaterThan(4 * handOvers);
    const events = await store.readAll(0, 1_000);
    const rest = events.length === 1_000 ? await store.readAll(events.at(-1)!.position) : [];
    const inLog = [...events, ...rest].filter(({ type }) => type === "Added").map(({ meta }) => meta.command);
    expect(new Set(inLog).size).toBe(inLog.length);
    for (const [id, reply] of told) {
      expect(reply).toMatchObject(inLog.includes(id) ? { code: "accepted" } : { code: "rejected", final: true });
    }
    for (const these of accepted) expect(inLog.filter((id) => these.includes(id))).toEqual(these);
    expect(await logOf(store)).not.toHaveLength(senders);
    await Promise.all(hosts.map(({ host }) => host.close()));
    await lanes.close();
  },
);
