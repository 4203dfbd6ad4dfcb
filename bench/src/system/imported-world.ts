import { runImport, type Phase } from "@aethyr/import";
import type { EventStore } from "@aethyr/event-store";
import type { AcceptedCommand } from "../history/check-history.ts";
import { createClient, RefusedError } from "./client.ts";
import { startSystem } from "./embedded-system.ts";

export type Imported = { readonly accepted: readonly AcceptedCommand[] };

/** Sends the commands of a world the way every client does: over the bus, to a host on this store, which is stopped afterwards. */
export async function importWorld(store: EventStore, phases: readonly Phase[], options: { readonly relay: boolean }): Promise<Imported> {
  const system = await startSystem({ store, ...options });
  const client = createClient(system.bus);
  const { ended, problems, moreProblems } = await runImport({
    phases,
    head: await store.head(),
    send: (commands) => Promise.all(commands.map(client.request)),
  });
  await system.close();
  const refused = problems.length + moreProblems;
  if (ended !== "complete" || refused > 0)
    throw new RefusedError(`the import ended ${ended} with ${refused} problems, the first: ${problems[0]?.message ?? "none"}`);
  return { accepted: client.accepted() };
}
