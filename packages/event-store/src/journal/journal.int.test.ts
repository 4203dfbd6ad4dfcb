import { describe, expect, test } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { openImmudbEventStore } from "../immudb/index.ts";
import { testServer } from "../immudb/testing/test-server.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { expectExact, isDrained, isFinal, isProvisional, startJournaling, type Acknowledged } from "./testing/journaling.ts";
import { withJournal } from "./with-journal.ts";

const immudb = await ensureServer("immudb");
const newFolder = testFolders();

describe.skipIf(immudb === undefined)("a journal on a real immudb", () => {
  const { server, fresh } = testServer();

  test("[A18] [G2] [G3] kill -9 of the server, of the host that goes on provisionally, and of the one that drains: nothing is lost or doubled", async () => {
    const options = fresh();
    await (await openImmudbEventStore(options)).close();
    const [log, directory] = [{ immudb: { ...options, create: false } }, newFolder()];
    const acknowledged: Acknowledged[] = [];

    const first = startJournaling({ log, directory, mode: "there", round: "first" });
    await first.said(isFinal, 100);
    await server().kill("SIGKILL");
    await first.said(isProvisional, 200);
    await first.kill();
    acknowledged.push(...first.acknowledged);

    await server().restart();
    const second = startJournaling({ log, directory, mode: "there", round: "second" });
    await second.said(isDrained, 1);
    await second.kill();
    acknowledged.push(...second.acknowledged);

    const primary = await openImmudbEventStore(log.immudb);
    const store = await withJournal({ primary, logId: primary.logId, directory });
    expect(store.outage()).toMatchObject({ state: "none", commits: 0, quarantined: 0 });
    expect(acknowledged.filter(({ provisional }) => provisional).length).toBeGreaterThanOrEqual(200);
    await expectExact(primary, acknowledged);
    await store.close();
  });

  test("[A18] a host outlives its server again and again: it is drained by itself, and goes on directly", async () => {
    const options = fresh();
    const primary = await openImmudbEventStore(options);
    const directory = newFolder();
    const process = startJournaling({ log: { immudb: { ...options, create: false } }, directory, mode: "there", round: "r" });
    for (let round = 0; round < 2; round += 1) {
      await process.said(isFinal, 50);
      await server().kill("SIGKILL");
      await process.said(isProvisional, 50);
      await server().restart();
      await process.said(isFinal, 50);
    }
    await process.kill();
    const store = await withJournal({ primary, logId: primary.logId, directory });
    expect(store.outage()).toMatchObject({ epoch: 2, commits: 0, quarantined: 0 });
    await expectExact(primary, process.acknowledged);
    await store.close();
  });
});
