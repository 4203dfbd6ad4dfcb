/** An event as the log has it, and as the feed carries it. */
export type LoggedEvent = { readonly position: number; readonly bytes: Uint8Array };
export type CarriedEvent = LoggedEvent & { readonly previous: number };

/**
 * Holds what a feed keeps against the whole log: from the first event that it keeps to the log's end every event, once, in order, with the
 * bytes of the log, each naming the one before it. Where the feed keeps nothing, `mayBeEmpty` says whether that is well.
 */
export function checkFeed(log: readonly LoggedEvent[], feed: readonly CarriedEvent[], { mayBeEmpty = false } = {}): readonly string[] {
  const faults: string[] = [];
  const [first] = feed;
  if (first === undefined) return log.length === 0 || mayBeEmpty ? [] : [`feed: it is empty, and the log has ${log.length} events`];
  let at = log.findIndex(({ position }) => position === first.position);
  if (at < 0) return [`feed: it begins with position ${first.position}, which the log does not have`];
  for (const { position, previous, bytes } of feed) {
    const expected = log[at];
    if (expected === undefined) {
      faults.push(`feed: position ${position} comes after the end of the log`);
      return faults;
    }
    if (position !== expected.position) {
      faults.push(`feed: position ${position} stands where ${expected.position} should`);
      return faults;
    }
    const before = log[at - 1]?.position ?? 0;
    if (previous !== before) faults.push(`feed: position ${position} names ${previous} as the one before, which is ${before}`);
    if (Buffer.compare(bytes, expected.bytes) !== 0) faults.push(`feed: position ${position} has other bytes than the log`);
    at += 1;
  }
  if (at < log.length) faults.push(`feed: it ends before position ${log[at]?.position}, and lacks ${log.length - at} events`);
  return faults;
}
