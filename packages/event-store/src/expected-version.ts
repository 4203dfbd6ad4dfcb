/** What a writer knows of a stream: its exact version, that it has no events, that it has some, or nothing. */
export type ExpectedVersion = number | "no-stream" | "stream-exists" | "any";

/** Whether a stream at `actual` (0: no events) is where `expected` says. */
export function meets(expected: ExpectedVersion, actual: number): boolean {
  if (expected === "any") return true;
  if (expected === "no-stream") return actual === 0;
  if (expected === "stream-exists") return actual > 0;
  return expected === actual;
}
