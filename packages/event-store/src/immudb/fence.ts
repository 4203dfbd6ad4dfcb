import { randomUUID } from "node:crypto";
import { fenceKey, genesisTx } from "./keys.ts";
import { encodeSet, type Precondition } from "./messages.ts";

/** A way to make sure that a request which may still be on its way is never made. */
export type Fence = { readonly precondition: Precondition; /** The request that puts the fence up. */ readonly request: () => Buffer };

/**
 * The fence of a request; undefined for one that needs none. That a key was never written fails for ever once it fails. That one must exist
 * may fail now and hold later: an attempt that was taken for refused could land after all. So such a request also demands that a key of its
 * own was never written, and to write that key ends all its attempts.
 */
export function fenceFor(preconditions: readonly Precondition[]): Fence | undefined {
  if (!preconditions.some(({ kind }) => kind === "mustExist")) return undefined;
  const key = fenceKey(randomUUID());
  return {
    precondition: { kind: "notModifiedAfterTx", key, tx: genesisTx },
    request: () => encodeSet([{ key, value: Buffer.alloc(0) }], []),
  };
}
