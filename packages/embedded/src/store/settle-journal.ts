import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EventStore } from "@aethyr/event-store";
import { withJournal } from "@aethyr/event-store/journal";
import { DataFolderError, layout } from "@aethyr/process";
import type { Log } from "@aethyr/runtime";

/**
 * Brings into the log what an outage has left in the journal of a data folder, for whoever goes on without a journal, and says what came of it:
 * what the log refuses is put aside, of which whoever sent it was told that it is accepted. Rejects with `journal_pending` where that cannot be
 * done now.
 */
export async function settleJournal(data: string, primary: EventStore & { readonly logId: string }, log: Log): Promise<void> {
  const directory = join(data, layout.journal);
  if (!existsSync(directory)) return;
  const journal = await withJournal({ primary: { ...primary, close: async () => undefined }, logId: primary.logId, directory, log });
  const { commits } = journal.outage();
  await journal.close();
  if (commits === 0) return;
  throw new DataFolderError(
    "journal_pending",
    `${commits} commits of an outage are in the journal of ${data} and not in ImmuDB yet: start the world with AETHYR_OUTAGE=journal until they are`,
    { folder: data, commits },
  );
}
