import { type EventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import type { Reply } from "@aethyr/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTestStore, runsHere, startHost } from "../testing/index.ts";

const ids = ["a", "b", "c"];
const someCommand = fc.record({
  host: fc.nat(1),
  type: fc.constantFrom("Give", "Give", "Push", "Tell"),
  from: fc.constantFrom(...ids),
  to: fc.constantFrom(...ids),
  amount: fc.integer({ min: 1, max: 60 }),
});

/** Reads a stream, and checks its numbers, that its total never was below 0, and that whoever told it told the truth. */
async function checkedTotal(store: EventStore, id: string): Promise<number> {
  let total = 0;
  let version = 0;
  for (const event of await store.readStream(ref("counter", id))) {
    version += 1;
    expect(event.version).toBe(version);
    const data = event.data as { readonly amount?: number; readonly total?: number };
    if (event.type === "Told") expect(data.total).toBe(total);
    total += data.amount ?? 0;
    expect(total).toBeGreaterThanOrEqual(0);
  }
  return total;
}

type Asked = { readonly host: number; readonly from: string; readonly reply: Reply };

/** What one host was asked of one aggregate is in the log in the order in which it was asked. */
function checkOrder(asked: readonly Asked[]): void {
  const latest = new Map<string, number>();
  for (const { host, from, reply } of asked) {
    if (reply.code !== "accepted" || reply.changed.length === 0) continue;
    const lane = `${host} ${from}`;
    expect(reply.position).toBeGreaterThan(latest.get(lane) ?? 0);
    latest.set(lane, reply.position);
  }
}

test("[R3][R9][G1][G4][G5] two hosts that write the same aggregates at once decide on what is true, in order, and lose nothing of what there is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(someCommand, { maxLength: 20 }), { maxLength: 8 }), async (rounds) => {
      const world = openTestStore();
      const options = { attempts: 50 };
      const hosts = [startHost({ store: world, options }), startHost({ store: world, options })] as const;
      for (const id of ids) {
        await hosts[0].send(`counter/${id}`, "Open");
        await hosts[1].send(`counter/${id}`, "Add", { amount: 100 });
      }
      let expected = 300;
      for (const round of rounds) {
        const asked = await Promise.all(
          round.map(async ({ host, type, from, to, amount }) => {
            const reply = await hosts[host === 0 ? 0 : 1].send(`counter/${from}`, type, type === "Tell" ? {} : { amount, to });
            expect(["accepted", "rejected"]).toContain(reply.code);
            if (type === "Push" && reply.code === "accepted") expected += amount;
            return { host, from, reply };
          }),
        );
        checkOrder(asked);
      }
      const totals = await Promise.all(ids.map((id) => checkedTotal(world, id)));
      expect(totals.reduce((sum, total) => sum + total, 0)).toBe(expected);
      await Promise.all(hosts.map(({ host }) => host.close()));
    }),
    { numRuns: runsHere(100) },
  );
});
