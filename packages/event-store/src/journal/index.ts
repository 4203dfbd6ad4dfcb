export {
  readQuarantine,
  withJournal,
  type JournaledEventStore,
  type JournalOptions,
  type Outage,
  type QuarantinePage,
} from "./with-journal.ts";
export type { Quarantined, QuarantineReason } from "./quarantine.ts";
