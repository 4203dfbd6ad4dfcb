import { inspect } from "node:util";
import { StoreError } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import { must } from "../fault.ts";

/** Opens a log that must not open, and gives the error. Rejects with `GuaranteeBrokenError` where it opens, or fails in another way. */
export async function refusedOpening(what: string, options: ImmudbOptions, codes: readonly string[]): Promise<StoreError> {
  let error: unknown;
  try {
    const store = await openImmudbEventStore(options);
    await store.close();
  } catch (caught) {
    error = caught;
  }
  must(error !== undefined, `${what}: it was opened`);
  must(error instanceof StoreError, `${what}: opening failed with ${inspect(error)}, which is no error of the store`);
  must(codes.includes(error.code), `${what}: opening failed with ${error.code} (${error.message}), expected ${codes.join(" or ")}`);
  return error;
}
