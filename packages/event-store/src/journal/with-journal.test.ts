import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { eventStoreContract } from "../contract/index.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { withJournal } from "./with-journal.ts";

const newFolder = testFolders();

eventStoreContract({
  name: "memory, with a journal",
  open: () => withJournal({ primary: createMemoryEventStore(), logId: "log", directory: newFolder() }),
});
