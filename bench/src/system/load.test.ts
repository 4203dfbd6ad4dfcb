import { createInProcessBus } from "@aethyr/bus";
import { accepted, encodeReply, parseCommand } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { createClient } from "./client.ts";
import { commandBytes, createChoice, createNotes, runLoad, thing } from "./load.ts";

test("every command of the load has the same size, another id and another value", async () => {
  const bus = createInProcessBus();
  const seen: { readonly bytes: number; readonly id: string; readonly data: string }[] = [];
  const serving = await bus.serve((delivery) => {
    const { id, data, target } = parseCommand(delivery);
    seen.push({ bytes: delivery.bytes.length, id, data: JSON.stringify(data) });
    delivery.respond(encodeReply(accepted(id, [{ stream: target, version: 1 }], 1), delivery.contentType));
  });
  const notes = createNotes(createClient(bus));
  for (let number = 0; number < 50; number += 1) await notes.sendTo(thing(number));
  await serving.close();
  await bus.close();
  expect(new Set(seen.map(({ bytes }) => bytes))).toEqual(new Set([commandBytes]));
  expect(new Set(seen.map(({ id }) => id)).size).toBe(50);
  expect(new Set(seen.map(({ data }) => data)).size).toBe(50);
});

test("so many are under way and no more, and all of them are counted", async () => {
  let open = 0;
  let most = 0;
  let sent = 0;
  const { commands, p50Ms, p99Ms } = await runLoad({
    inFlight: 8,
    seconds: 0.02,
    async send() {
      open += 1;
      sent += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    },
  });
  expect(most).toBe(8);
  expect(open).toBe(0);
  expect(commands).toBe(sent);
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
});

test("choices are the same in every run and spread over everything", () => {
  const choose = createChoice();
  const again = createChoice();
  const counts = Array.from({ length: 10 }, () => 0);
  for (let number = 0; number < 10_000; number += 1) {
    const chosen = choose(10);
    expect(again(10)).toBe(chosen);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  for (const count of counts) expect(count).toBeGreaterThan(800);
});
