import type { ProvableLog } from "@aethyr/proof";
import { InvalidRequestError } from "../errors.ts";
import { checkLimit } from "../read-options.ts";
import { rawEntriesOf } from "./entries.ts";
import type { Engine, Link } from "./link.ts";
import type { ProofReader } from "./proof-reader.ts";

/** The log behind a link, as verifiers want it. `open` throws once it is closed. */
export function createProvableLog(reader: Link<ProofReader & Engine>, open: () => void): ProvableLog {
  return {
    state: async () => {
      open();
      return reader.call("proofState");
    },
    transactions: async (from, limit) => {
      open();
      const page = await reader.call("proofTransactions", checkTx(from), checkLimit(limit));
      return page.map(({ header, entries }) => ({ header, entries: rawEntriesOf(entries) }));
    },
    prove: async (tx, trustedTx) => {
      open();
      return reader.call("proofOf", checkTx(tx), checkTx(trustedTx));
    },
    consistency: async (fromTx, toTx) => {
      open();
      if (checkTx(fromTx) > checkTx(toTx)) throw new InvalidRequestError(`transaction ${fromTx} is not before ${toTx}`);
      return reader.call("proofBetween", fromTx, toTx);
    },
  };
}

function checkTx(tx: number): number {
  if (Number.isSafeInteger(tx) && tx >= 1) return tx;
  throw new InvalidRequestError(`${tx} is no transaction: the first one is 1`);
}
