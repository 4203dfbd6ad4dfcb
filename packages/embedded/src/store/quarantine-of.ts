import { join } from "node:path";
import { readQuarantine, type Quarantined } from "@aethyr/event-store/journal";
import { layout } from "@aethyr/process";

export type { Quarantined };

const perPage = 1_000;

/**
 * What was answered provisionally in a data folder's world and then put aside, in the journal's order, whoever has the folder open. Undefined if
 * there never was a journal. Rejects with `foreign_store`, `corrupt_store` or `unavailable`.
 */
export async function quarantineOf(data: string): Promise<readonly Quarantined[] | undefined> {
  const all: Quarantined[] = [];
  for (;;) {
    const page = await readQuarantine(join(data, layout.journal), { after: all.at(-1)?.seq ?? 0, limit: perPage });
    if (page === undefined) return undefined;
    all.push(...page);
    if (page.length < perPage) return all;
  }
}
