import { expect, test } from "vitest";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { eventStoreContract } from "../contract/index.ts";
import { commitOf, freshRef } from "../contract/samples.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { withJournal } from "./with-journal.ts";

const newFolder = testFolders();

eventStoreContract({
  name: "memory, with a journal",
  open: () => withJournal({ primary: createMemoryEventStore(), logId: "log", directory: newFolder() }),
});

test("[G6] [G11] a commit with a fence is refused, and nothing is kept: beside a journal nobody else may write the log", async () => {
  const store = await withJournal({ primary: createMemoryEventStore(), logId: "log", directory: newFolder() });
  const fence = { partition: "1/1", epoch: 0, token: 0 };
  await expect(store.append([{ ...commitOf(freshRef(), 0), fence }])).rejects.toMatchObject({ code: "invalid_request" });
  expect([await store.head(), store.outage().commits]).toEqual([0, 0]);
  await store.close();
});
