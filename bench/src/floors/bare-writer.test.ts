import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { afterAll, expect, test } from "vitest";
import { checkStore } from "../history/check-store.ts";
import { createClient } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { createNotes, createThings, thing } from "../system/load.ts";
import { runBareWriter } from "./bare-writer.ts";
import { readTransactions } from "./log-rows.ts";

const work = mkdtempSync(join(tmpdir(), "aethyr-bench-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("the floor writes the same events, outcomes and transactions as the round, so that its log passes the same check", async () => {
  const source = join(work, "log");
  const directory = join(work, "floor");
  const store = await openSqliteEventStore({ directory: source });
  const system = await startSystem({ store, relay: false });
  const client = createClient(system.bus);
  await createThings(client, 20);
  const after = await store.head();
  const notes = createNotes(client);
  for (let number = 0; number < 10; number += 1) await Promise.all([0, 1, 2, 3].map((of) => notes.sendTo(thing(of))));
  await system.close();
  await store.close();

  const { commands, transactions } = await runBareWriter({ source, after, directory, inFlight: 4 });

  const written = readTransactions(source);
  expect(readTransactions(directory)).toEqual(written);
  expect(commands).toBe(40);
  expect(transactions).toBe(written.transactions.filter(({ events }) => events[0]!.position > after).length);
  const copy = await openSqliteEventStore({ directory });
  await expect(checkStore(copy, client.accepted())).resolves.toMatch(/^history checked: 60 events/);
  await copy.close();
});
