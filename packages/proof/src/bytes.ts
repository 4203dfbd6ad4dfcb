/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** Bytes as lower-case hex. */
export const hexOfBytes = (bytes: Uint8Array): string => viewOf(bytes).toString("hex");

/** The same bytes with the methods of a buffer, not copied. */
export const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Text of a raw key for messages: without the engine's prefix byte, anything unprintable escaped. */
export function printableKey(rawKey: Uint8Array): string {
  const text = viewOf(rawKey[0] === 0 ? rawKey.subarray(1) : rawKey).toString();
  return /^[\x21-\x7e]*$/.test(text) ? text : JSON.stringify(text);
}
