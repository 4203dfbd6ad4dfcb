import { describe } from "vitest";
import type { EventStore } from "../event-store.ts";
import { appendContract } from "./append-contract.ts";
import { commandContract } from "./command-contract.ts";
import { concurrencyContract } from "./concurrency-contract.ts";
import { limitsContract } from "./limits-contract.ts";
import { readContract } from "./read-contract.ts";
import { snapshotContract } from "./snapshot-contract.ts";
import { statisticsContract } from "./statistics-contract.ts";

/** An adapter to hold against the contract. Cleaning up after its stores is its own affair; the suite closes every store it opens. */
export type EventStoreSubject = {
  readonly name: string;
  /** A new store, with nothing in it. */
  readonly open: () => Promise<EventStore>;
  /** Closes a store and opens it again on what it has kept. Left out by an adapter that keeps nothing. */
  readonly reopen?: (store: EventStore) => Promise<EventStore>;
};

/** What every event store must do, as a vitest suite. */
export function eventStoreContract(subject: EventStoreSubject): void {
  describe(`the event store contract: ${subject.name}`, () => {
    appendContract(subject);
    commandContract(subject);
    concurrencyContract(subject);
    limitsContract(subject);
    readContract(subject);
    snapshotContract(subject);
    statisticsContract(subject);
  });
}
