import { expect, test } from "vitest";
import { openSqliteEventStore } from "../sqlite/index.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { expectExact, isDrained, isFinal, isProvisional, startJournaling, type Acknowledged } from "./testing/journaling.ts";
import { withJournal } from "./with-journal.ts";

const newFolder = testFolders();

test(
  "[A18] [G2] [G3] kill -9 during an outage, while the journal drains and while it drains again: nothing is lost, nothing doubled",
  { timeout: 120_000 },
  async () => {
    const [log, directory] = [{ directory: newFolder() }, newFolder()];
    const acknowledged: Acknowledged[] = [];
    const killed = async (process: ReturnType<typeof startJournaling>): Promise<void> => {
      await process.kill();
      acknowledged.push(...process.acknowledged);
    };

    const first = startJournaling({ log, directory, mode: "there", round: "first" });
    await first.said(isFinal, 100);
    first.mode("away");
    await first.said(isProvisional, 600);
    await killed(first);

    // It is killed as soon as a part of the journal is in the log.
    const second = startJournaling({ log, directory, mode: "away", round: "second" });
    await second.said(({ said }) => said === "open", 1);
    second.mode("there");
    await second.said(isDrained, 1);
    await killed(second);

    const third = startJournaling({ log, directory, mode: "there", round: "third" });
    await third.said((said) => isDrained(said) || said.said === "open", 1);
    await killed(third);

    const primary = await openSqliteEventStore(log);
    const store = await withJournal({ primary, logId: primary.logId, directory });
    expect(store.outage()).toMatchObject({ state: "none", commits: 0, quarantined: 0 });
    expect(acknowledged.filter(({ provisional }) => provisional).length).toBeGreaterThanOrEqual(600);
    await expectExact(primary, acknowledged);
    await store.close();
  },
);
