import assert from "node:assert/strict";
import { createMemoryKeyStore, readLog, type EventStore, type StoredEvent } from "@aethyr/event-store";
import { createInstance, advance, pathOf, refOf, snapshotOf, type Domain, type Json, type KeyStore, type NewEvent } from "@aethyr/kernel";
import { fixedFacts, sealForTests, type History, type Outcome, type Scenario } from "@aethyr/kernel/testing";
import { createActorHost } from "../actor-host.ts";
import { systemPorts } from "../ports.ts";
import { open, seal } from "../intake/seal.ts";
import { command } from "./commands.ts";

/**
 * Carries out a scenario as a system does: its history is appended to a store, the command goes to a host that knows nothing yet, and the
 * outcome is the reply and what the log has got. Secrets are sealed under a key as in a host, and come back in the form for tests.
 */
export async function runOnHost(store: EventStore, scenario: Scenario): Promise<Outcome> {
  const { domain, history, facts, target, input } = scenario;
  const keys = createMemoryKeyStore();
  await append(store, domain, history, keys);
  const before = await store.head();
  const host = createActorHost({
    domain,
    store,
    keys,
    ports: { ...systemPorts, now: () => Date.parse(facts.now), newId: facts.newId, random: facts.random },
  });
  try {
    const envelope = command(target, scenario.command, input as Json, { actor: facts.actor, id: systemPorts.newId() });
    const reply = await host.submit(envelope);
    const events: StoredEvent[] = [];
    for await (const event of readLog(store, before)) events.push(event);
    if (reply.code === "accepted") {
      assert.deepEqual(
        new Map(reply.changed.map(({ stream, version }) => [pathOf(stream), version])),
        new Map(events.map(({ stream, version }) => [pathOf(stream), version])),
        "the reply tells what is in the log",
      );
      return { events: await forTests(events, keys) };
    }
    assert.deepEqual(events, [], `${reply.code} appended something`);
    switch (reply.code) {
      case "rejected":
        return { rejected: reply.reason ?? "", message: reply.message };
      case "not_found":
        return { notFound: reply.message };
      case "invalid":
        return { invalid: (reply.issues ?? []).map(({ path }) => path) };
      default:
        throw new Error(`${reply.code}: ${reply.message}`);
    }
  } finally {
    await host.close();
  }
}

async function append(store: EventStore, domain: Domain, history: History, keys: KeyStore): Promise<void> {
  const writes = await Promise.all(
    Object.entries(history).map(async ([path, events]) => {
      const stream = refOf(path);
      const kind = domain.aggregates.get(stream.type);
      assert.ok(kind, `the domain has no aggregate ${stream.type}`);
      const instance = createInstance(kind, stream);
      const recorded: NewEvent[] = [];
      for (const event of events) {
        const { now } = fixedFacts();
        advance(instance, event, now);
        const { type, data = {} } = event as { readonly type: string; readonly data?: Json };
        const id = systemPorts.newId();
        recorded.push({
          id: `${id}/1`,
          type,
          schema: kind.events.get(type)?.version ?? 1,
          machine: kind.version,
          time: now,
          data: await eachSealed(data, (subject, hex) => seal(keys, subject, Buffer.from(hex, "hex").toString())),
          meta: { command: id, actor: null, correlation: id, causation: null },
        });
      }
      return { stream, expected: "no-stream", events: recorded, ends: snapshotOf(instance).state.status === "done" } as const;
    }),
  );
  const commits = writes.filter(({ events }) => events.length > 0).map((write) => ({ writes: [write] }));
  for (const result of await store.append(commits)) if (!result.ok) throw result.error;
}

async function forTests(events: readonly StoredEvent[], keys: KeyStore): Promise<History> {
  const history: Record<string, { readonly type: string; readonly data: Json }[]> = {};
  for (const { stream, type, data } of events) {
    const shown = await eachSealed(data, async (subject, _text, sealed) => sealForTests(subject, await open(keys, sealed)));
    (history[pathOf(stream)] ??= []).push({ type, data: shown });
  }
  return history;
}

type Sealed = ReturnType<typeof sealForTests>;

/** Data with every sealed field, which is at the top, in another form. */
async function eachSealed(data: Json, other: (subject: string, text: string, sealed: Sealed) => Promise<Sealed>): Promise<Json> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data;
  const fields = await Promise.all(
    Object.entries(data).map(async ([field, value]) => {
      const [, subject, text] = typeof value === "string" ? (/^sealed:1:([^:]+):(.+)$/.exec(value) ?? []) : [];
      return [field, subject === undefined || text === undefined ? value : await other(subject, text, value as Sealed)] as const;
    }),
  );
  return Object.fromEntries(fields);
}
