export const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** What the bytes say, where it has the shape; undefined where it does not. */
export function parsed<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  bytes: Uint8Array,
): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return result.success ? result.data : undefined;
  } catch {
    // No text, or no JSON: as wrong as JSON of another shape.
    return undefined;
  }
}
