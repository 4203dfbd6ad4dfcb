import { randomUUID } from "node:crypto";
import { barKey, genesisTx } from "./keys.ts";
import { encodeSet, type Precondition } from "./messages.ts";

/** A way to make sure that a request which may still be on its way is never made. */
export type AttemptBar = { readonly precondition: Precondition; /** The request that bars all attempts. */ readonly request: () => Buffer };

/**
 * The bar of a request; undefined for one that needs none. That a key was never written fails for ever once it fails. That one must exist
 * may fail now and hold later: an attempt that was taken for refused could land after all. So such a request also demands that a key of its
 * own was never written, and to write that key ends all its attempts.
 */
export function attemptBarFor(preconditions: readonly Precondition[]): AttemptBar | undefined {
  if (!preconditions.some(({ kind }) => kind === "mustExist")) return undefined;
  const key = barKey(randomUUID());
  return {
    precondition: { kind: "notModifiedAfterTx", key, tx: genesisTx },
    request: () => encodeSet([{ key, value: Buffer.alloc(0) }], []),
  };
}
