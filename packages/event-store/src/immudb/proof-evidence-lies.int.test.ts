import { describe, expect, test } from "vitest";
import { checkEvidence, collectEvidence, parseEventKey } from "@aethyr/proof";
import { ensureServer } from "@aethyr/servers";
import { encodeVerifiable } from "./testing/encode-proof.ts";
import { below, liesAbout } from "./testing/lies.ts";
import { lyingLog, seed, witness } from "./testing/lying-log.ts";
import { seeded } from "./testing/seeded.ts";

const immudb = await ensureServer("immudb");
const transactions = 40;

describe.skipIf(immudb === undefined)(`a server that lies (seed ${seed})`, () => {
  const { log, liar, truth, pointOf, tell, honest, replaced } = lyingLog(transactions);

  test("[G10] about an aggregate gets into no evidence that a checkpoint's holder would accept", async () => {
    const random = seeded(seed + 6);
    const events = truth().flatMap(({ header, entries }) =>
      entries.flatMap(({ key }) => {
        const event = parseEventKey(key);
        return event?.aggregate === witness ? [{ version: event.version, tx: header.id }] : [];
      }),
    );
    expect(events.length).toBeGreaterThan(5);
    const state = { ...pointOf(transactions), database: (await log().state()).database };
    const collect = () => collectEvidence(log(), { aggregate: witness, events, state });
    const right = await collect();
    if (!right.ok) throw new Error(right.message);
    const accepted = async (): Promise<string | undefined> => {
      const made = await collect().catch(() => undefined);
      if (!made?.ok || !checkEvidence(made.bundle, { trusted: [state] }).ok) return undefined;
      return JSON.stringify(made.bundle.events);
    };
    const rightEvents = JSON.stringify(right.bundle.events);
    expect(await accepted()).toBe(rightEvents);
    const { tx = 0 } = events[below(random, events.length)] ?? {};
    for (const { name, value } of liesAbout(truth()[tx - 1], random)) {
      if (value === undefined) continue;
      tell(replaced(tx, value));
      // Some are about what no evidence is made of, such as the other entries' values' lengths.
      expect([undefined, rightEvents], name).toContain(await accepted());
    }
    honest();
    const proven = await log().prove(tx, transactions);
    for (const { name, value } of liesAbout(proven, random)) {
      liar().lie("VerifiableTxById", (answer, { request }) => (request[1] === tx ? encodeVerifiable(value) : answer));
      expect([undefined, rightEvents], name).toContain(await accepted());
    }
  });
});
