import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Verb } from "./codes.ts";
import { createNegotiation, type Negotiation, type Side } from "./negotiation.ts";

type Message = readonly [Verb, number];
const verbs: readonly Verb[] = ["will", "wont", "do", "dont"];
const mirrored: Readonly<Record<Verb, Verb>> = { will: "do", wont: "dont", do: "will", dont: "wont" };
const opposite: Readonly<Record<Verb, Verb>> = { will: "dont", wont: "do", do: "wont", dont: "will" };

function peer(agreeable: ReadonlySet<number>, maxAnswers = 1_000): { negotiation: Negotiation; outbox: Message[]; changes: string[] } {
  const outbox: Message[] = [];
  const changes: string[] = [];
  const negotiation = createNegotiation({
    maxAnswers,
    send: (verb, option) => outbox.push([verb, option]),
    agrees: (_, option) => agreeable.has(option),
    changed: (side, option, on) => changes.push(`${side} ${option} ${on ? "on" : "off"}`),
  });
  return { negotiation, outbox, changes };
}

const aWish = fc.tuple(fc.constantFrom<Side>("us", "them"), fc.integer({ min: 0, max: 4 }), fc.boolean());

describe("negotiation of options", () => {
  it("[RFC1143] two that keep to it settle, and agree on what is on, whatever both want and however their messages cross", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), aWish, fc.nat(3)), { maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 4 })),
        fc.uniqueArray(fc.integer({ min: 0, max: 4 })),
        (steps, ours, theirs) => {
          const [here, there] = [peer(new Set(ours)), peer(new Set(theirs))];
          const deliver = (from: typeof here, to: typeof here, most: number): void => {
            for (const [verb, option] of from.outbox.splice(0, most)) to.negotiation.receive(verb, option);
          };
          for (const [isHere, [side, option, on], most] of steps) {
            (isHere ? here : there).negotiation.want(side, option, on);
            deliver(here, there, most);
            deliver(there, here, most);
          }
          let rounds = 0;
          for (; here.outbox.length + there.outbox.length > 0; rounds += 1) {
            expect(rounds).toBeLessThan(200);
            deliver(here, there, Infinity);
            deliver(there, here, Infinity);
          }
          for (let option = 0; option <= 4; option += 1) {
            expect(here.negotiation.isOn("us", option)).toBe(there.negotiation.isOn("them", option));
            expect(here.negotiation.isOn("them", option)).toBe(there.negotiation.isOn("us", option));
          }
        },
      ),
    );
  });

  it.each<[string, (message: Message) => readonly Message[]]>([
    ["says everything back", (message) => [message]],
    ["answers each message with its mirror", ([verb, option]) => [[mirrored[verb], option]]],
    ["wants the opposite of everything", ([verb, option]) => [[opposite[verb], option]]],
    ["answers with all four at once", ([, option]) => verbs.map((verb) => [verb, option] as const)],
    ["asks for the next option every time", ([, option]) => [["do", (option + 1) % 256]]],
  ])("[RFC1143] a peer that %s is not answered for ever", (_, adversary) => {
    const { negotiation, outbox } = peer(new Set([1, 2]), 50);
    const wishes = 3;
    for (const option of [1, 2, 3]) negotiation.want("us", option, true);
    let sent = 0;
    for (let next = outbox.shift(); next !== undefined; next = outbox.shift()) {
      sent += 1;
      expect(sent).toBeLessThanOrEqual(wishes + 50);
      for (const [verb, option] of adversary(next)) negotiation.receive(verb, option);
    }
  });

  it("[RFC1143] no sequence of messages makes more answers than messages, nor more than the bound", () => {
    const messages = fc.array(fc.tuple(fc.constantFrom(...verbs), fc.integer({ min: 0, max: 255 })), { maxLength: 200 });
    fc.assert(
      fc.property(messages, (received) => {
        const { negotiation, outbox } = peer(new Set([1, 3, 24]), 20);
        for (const [verb, option] of received) negotiation.receive(verb, option);
        expect(outbox.length).toBeLessThanOrEqual(Math.min(20, received.length));
      }),
    );
  });

  it("answers what it agrees to, refuses the rest, and says nothing to what is so already", () => {
    const { negotiation, outbox, changes } = peer(new Set([1]));
    negotiation.receive("do", 1);
    negotiation.receive("do", 1);
    negotiation.receive("will", 9);
    negotiation.receive("wont", 9);
    negotiation.receive("dont", 1);
    expect(outbox).toEqual([
      ["will", 1],
      ["dont", 9],
      ["wont", 1],
    ]);
    expect(changes).toEqual(["us 1 on", "us 1 off"]);
  });

  it("a wish that changes while its answer is under way is asked for when the answer is here", () => {
    const { negotiation, outbox } = peer(new Set());
    negotiation.want("us", 1, true);
    negotiation.want("us", 1, false);
    negotiation.want("us", 1, true);
    negotiation.want("us", 1, false);
    expect(outbox).toEqual([["will", 1]]);
    negotiation.receive("do", 1);
    expect(outbox).toEqual([
      ["will", 1],
      ["wont", 1],
    ]);
    negotiation.want("us", 1, true);
    negotiation.receive("dont", 1);
    negotiation.receive("do", 1);
    expect(outbox.slice(2)).toEqual([["will", 1]]);
    expect(negotiation.isOn("us", 1)).toBe(true);
    negotiation.want("us", 1, false);
    negotiation.want("us", 1, true);
    negotiation.receive("do", 1);
    expect(negotiation.isOn("us", 1)).toBe(true);
  });
});
