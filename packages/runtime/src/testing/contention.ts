import type { EventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { retryable, type CommandEnvelope } from "@aethyr/protocol";
import { expect } from "vitest";
import { command } from "./commands.ts";
import type { TestHost } from "./start-host.ts";

const senders = 32;

/** How often each sender's least lucky command came back as overtaken, after all the attempts of its host. */
export type Fight = { readonly mostOvertaken: readonly number[] };

/**
 * Lets 32 senders, half of them at each of two hosts, all put into one chest at once: each in its own order, again under the same id where the
 * reply says so. The chest is the second host's. Its own senders do not stop before
 * those of the first host have put in all their gifts. Checks
 * that all of them come to their end, and that the log has every gift once.
 */
export async function fightOverChest(hosts: readonly [TestHost, TestHost], world: EventStore, gifts: number): Promise<Fight> {
  const [one, two] = hosts;
  expect(await two.send("counter/chest2", "Open")).toMatchObject({ code: "accepted" });
  const isGuest = (sender: number): boolean => sender % 2 === 0;
  // Their own partition by the last digit: 1 is the first host's, 2 the second's.
  const nameOf = (sender: number): string => `s${sender}.${isGuest(sender) ? 1 : 2}`;
  let guests = senders / 2;

  /** How often it came back as overtaken. */
  async function insist(host: TestHost, sent: CommandEnvelope): Promise<number> {
    for (let overtaken = 0; ;) {
      const reply = await host.host.submit(sent);
      if (!retryable.has(reply.code)) {
        expect(reply).toMatchObject({ code: "accepted" });
        return overtaken;
      }
      if (reply.code === "conflict") overtaken += 1;
      // A host that turns away at once must have a turn of the event loop to get over it.
      await new Promise(setImmediate);
    }
  }
  async function play(sender: number): Promise<{ readonly given: number; readonly mostOvertaken: number }> {
    const host = isGuest(sender) ? one : two;
    const self = `counter/${nameOf(sender)}`;
    await insist(host, command(self, "Open"));
    await insist(host, command(self, "Add", { amount: 1_000_000 }));
    let [given, mostOvertaken] = [0, 0];
    while (given < gifts || (guests > 0 && !isGuest(sender))) {
      mostOvertaken = Math.max(mostOvertaken, await insist(host, command(self, "Give", { amount: 2, to: "chest2" })));
      given += 1;
    }
    if (isGuest(sender)) guests -= 1;
    return { given, mostOvertaken };
  }
  const played = await Promise.all(Array.from({ length: senders }, (_, sender) => play(sender)));

  const totals = new Map<string, number>();
  const ids = new Set<string>();
  for (const { stream, data, id } of await allOf(world)) {
    const { amount = 0 } = data as { readonly amount?: number };
    totals.set(stream.id, (totals.get(stream.id) ?? 0) + amount);
    expect(ids).not.toContain(id);
    ids.add(id);
  }
  const givenInAll = played.reduce((sum, { given }) => sum + given, 0);
  expect(totals.get("chest2")).toBe(2 * givenInAll);
  for (const [sender, { given }] of played.entries()) expect(totals.get(nameOf(sender))).toBe(1_000_000 - 2 * given);
  expect((await world.heads([ref("counter", "chest2")]))[0]?.version).toBe(1 + givenInAll);
  return { mostOvertaken: played.map(({ mostOvertaken }) => mostOvertaken) };
}

async function allOf(world: EventStore) {
  const events = [...(await world.readAll(0))];
  for (let page = events; page.length > 0;) {
    page = [...(await world.readAll(events.at(-1)!.position))];
    events.push(...page);
  }
  return events;
}
