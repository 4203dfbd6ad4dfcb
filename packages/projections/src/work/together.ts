import { setImmediate as turn } from "node:timers/promises";
import type { ReadModelDatabase } from "../database.ts";
import { faultOf } from "../fault.ts";
import { commitBatches, type Batch } from "./commit.ts";

/** Commits what several copies have ready at about the same time in one transaction: a transaction costs more than the rows of few events. */
export type Together = {
  /** Rejects as `commitBatches` does with this batch alone: what is wrong with another one does not concern it. */
  commit(batch: Batch): Promise<void>;
};

type Waiting = { readonly batch: Batch; readonly resolve: () => void; readonly reject: (error: unknown) => void };

export function createTogether(database: ReadModelDatabase, leaseMs: number): Together {
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function alone({ batch: { prepared: _, ...batch }, resolve, reject }: Waiting): Promise<void> {
    await commitBatches(database, [batch], leaseMs).then(resolve, reject);
  }

  async function commitAll(group: readonly Waiting[]): Promise<void> {
    try {
      await commitBatches(
        database,
        group.map(({ batch }) => batch),
        leaseMs,
      );
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1 || faultOf(error) === "unavailable") for (const { reject } of group) reject(error);
      else await Promise.all(group.map(alone));
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      // Those that the same events have woken up come in the same turn.
      await turn();
      const group = waiting;
      waiting = [];
      await commitAll(group);
    }
    isRunning = false;
  }

  return {
    commit: (batch) =>
      new Promise((resolve, reject) => {
        waiting.push({ batch, resolve, reject });
        if (!isRunning) void run();
      }),
  };
}
