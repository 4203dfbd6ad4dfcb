import { bareCall, serverText } from "../immudb/bare-client.ts";
import type { RecordedCall } from "./recorded-calls.ts";

export const bareCallsDo =
  "a bare client makes the very calls of the load once more, right after it and one after the other, in the same session, and decodes nothing";

/** Milliseconds that the calls take, one after the other. What each of them was sent for is not asked: only reads may be given. */
export async function runBareCalls(calls: readonly RecordedCall[]): Promise<number> {
  const startedMs = performance.now();
  for (const { client, method, request, metadata } of calls) await bareCall(client, method, request, metadata).catch(unlessMissing);
  return performance.now() - startedMs;
}

/** That there is no such key is an answer as well. */
function unlessMissing(error: unknown): void {
  if (!serverText(error).endsWith("key not found")) throw error;
}
