import { refused, retryable, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { command, contextsOf, openFencedTestStore, placing, runsHere, startHost, type TestHost } from "../testing/index.ts";
import type { AskOwner } from "./asking-owner.ts";

const names = ["a1", "b1", "a2", "b2"];
/** What becomes of a question: it is answered; or not heard at all; or heard, at once or after all that is to come, and the answer is lost. */
const fates = ["answered", "answered", "unheard", "lost", "late"] as const;

const somebody = fc.record({
  from: fc.constantFrom(...names),
  type: fc.constantFrom("Give", "Give", "Give", "Push", "AddIfSum", "Tell"),
  to: fc.constantFrom(...names),
  amount: fc.integer({ min: 1, max: 120 }),
});

/** Sends again under the same id while the reply says that this may help. */
async function insist(host: TestHost, sent: CommandEnvelope): Promise<Reply> {
  for (let again = false; ; again = true) {
    const reply = await host.host.submit(sent, { again });
    if (!retryable.has(reply.code)) return reply;
    await new Promise(setImmediate);
  }
}

test.runIf(openFencedTestStore() !== undefined)(
  "[R42][R41][G1][G3][G5] whatever becomes of questions between hosts, every command takes effect once or, as its sender was told, never; in order; and nothing is lost of what there is",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(somebody, { maxLength: 16 }), { maxLength: 5 }),
        fc.infiniteStream(fc.constantFrom(...fates)),
        async (rounds, stream) => {
          const store = openFencedTestStore()!;
          const [first, second] = [placing(store), placing(store)];
          await Promise.all([first.take(1), second.take(2)]);
          const late: (() => Promise<unknown>)[] = [];
          const to =
            (host: () => TestHost): AskOwner =>
            async (asked) => {
              const fate = stream.next().value;
              const decide = () => host().host.decideFor(asked);
              if (fate === "answered") return decide();
              if (fate === "lost") void decide();
              if (fate === "late") late.push(decide);
              return fate === "unheard"
                ? undefined
                : refused(asked.command.id, fate === "late" ? "unavailable" : "outcome_unknown", "no answer");
            };
          const one: TestHost = startHost({ store, answers: store.answers, ownership: first, askOwner: to(() => two) });
          const two: TestHost = startHost({ store, answers: store.answers, ownership: second, askOwner: to(() => one) });
          const hostOf = (name: string): TestHost => (name.endsWith("1") ? one : two);
          const told = new Map<string, Reply>();
          const tell = async (sent: CommandEnvelope): Promise<void> => {
            told.set(sent.id, await insist(hostOf(sent.target.id), sent));
          };
          for (const name of names) {
            await tell(command(`counter/${name}`, "Open"));
            await tell(command(`counter/${name}`, "Add", { amount: 100 }));
          }
          const sent: CommandEnvelope[] = [];
          for (const round of rounds) {
            const these = round.map(({ from, type, to, amount }) =>
              command(
                `counter/${from}`,
                type,
                type === "AddIfSum" ? { others: [to], sum: 100, amount: 0 } : type === "Tell" ? {} : { amount, to },
              ),
            );
            sent.push(...these);
            await Promise.all(these.map(tell));
            await Promise.all(late.splice(0).map((decide) => decide()));
          }
          await Promise.all([one.host.close(), two.host.close()]);

          const events = await store.readAll(0);
          const inLog = new Map<string, number>();
          for (const { meta, position } of events) inLog.set(meta.command, position);
          for (const [id, reply] of told) {
            const position = reply.code === "accepted" ? reply.position : 0;
            expect(inLog.get(id) ?? 0, `${id} was told ${JSON.stringify(reply)}`).toBe(position);
          }
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
          const newest = new Map<string, number>();
          for (const { id, target } of sent) {
            const position = inLog.get(id);
            if (position === undefined) continue;
            expect(position).toBeGreaterThan(newest.get(target.id) ?? 0);
            newest.set(target.id, position);
          }
          const pushed = sent.reduce(
            (sum, { id, type, data }) => sum + (type === "Push" && inLog.has(id) ? (data as { amount: number }).amount : 0),
            0,
          );
          const totals = [...(await contextsOf(store)).values()].map(({ total }) => total);
          expect(totals.reduce((sum, total) => sum + total, 0)).toBe(400 + pushed);
          expect(Math.min(...totals)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: runsHere(100) },
    );
  },
);
