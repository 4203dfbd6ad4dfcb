import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { LogState } from "./provable-log.ts";
import { hashBytes } from "./sha256.ts";
import { holds, refuse, type Verdict } from "./verdict.ts";

/** What a server signs of its state: u32 length of the database's name ‖ name ‖ u64 transaction ‖ accumulated hash. */
export function signedPayload({ database, tx, hash }: Pick<LogState, "database" | "tx" | "hash">): Uint8Array {
  const name = Buffer.from(database);
  const payload = Buffer.alloc(4 + name.length + 8 + hash.length);
  payload.writeUInt32BE(name.length);
  payload.set(name, 4);
  payload.writeBigUInt64BE(BigInt(tx), 4 + name.length);
  payload.set(hash, 12 + name.length);
  return payload;
}

/**
 * That a state is signed (ECDSA P-256 over SHA-256, DER) by the key that was pinned beforehand. A key that comes with the state proves nothing
 * and is not looked at. `pinnedKey` is PEM text.
 */
export function verifyStateSignature(state: LogState, pinnedKey: string): Verdict {
  const key = publicKeyOf(pinnedKey);
  if (key === undefined) return refuse("pinned_key", "the pinned key is not a P-256 public key in PEM");
  if (state.signature === undefined) return refuse("signature", `the state at transaction ${state.tx} is not signed`);
  if (state.hash.length !== hashBytes || !Number.isSafeInteger(state.tx) || state.tx < 0)
    return refuse("malformed", "the state has a hash or a transaction that cannot be");
  return verify("sha256", signedPayload(state), key, state.signature)
    ? holds
    : refuse("signature", `the state at transaction ${state.tx} is not signed by the pinned key`);
}

function publicKeyOf(pem: string): KeyObject | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    // Not PEM, or of an algorithm unknown here: the caller hears that it is no such key.
    return undefined;
  }
  return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
}
