import type { JournaledEventStore } from "@aethyr/event-store/journal";
import { gauge } from "@aethyr/process";
import { Counter, type Registry } from "prom-client";

/** What waits in the journal of an outage and what became of it; read when the metrics are. */
export function watchJournal(registry: Registry, { outage }: Pick<JournaledEventStore, "outage">): void {
  const registers = [registry];
  gauge(registry, "aethyr_journal_commits", "Commits that wait in the journal for the log", () => outage().commits);
  gauge(registry, "aethyr_journal_bytes", "Bytes of the commits that wait in the journal", () => outage().bytes);
  gauge(registry, "aethyr_journal_oldest_seconds", "Age of the oldest commit that waits in the journal, 0 for none", () => {
    const { since } = outage();
    return since === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(since)) / 1000);
  });
  gauge(registry, "aethyr_journal_quarantined", "Provisional commits that the log refused, ever", () => outage().quarantined);
  let counted = 0;
  new Counter({
    name: "aethyr_journal_drained_total",
    help: "Commits that were brought from the journal into the log",
    registers,
    collect() {
      const { drained } = outage();
      this.inc(drained - counted);
      counted = drained;
    },
  });
}
