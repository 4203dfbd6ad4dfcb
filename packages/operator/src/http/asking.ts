import type { z } from "zod";
import { RefusedByApiError } from "../errors.ts";

/** How a client asks the API. */
export type Asking = {
  readonly url: string;
  readonly get: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  readonly post: <T>(path: string, schema: z.ZodType<T>, body?: unknown) => Promise<T>;
  /** The lines of a long work; that it breaks off is thrown. */
  readonly follow: <T extends { readonly kind: string }>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal | undefined,
  ) => AsyncIterable<Exclude<T, { readonly kind: "failure" }>>;
  readonly query: (parameters: Readonly<Record<string, string | number | boolean | undefined>>) => string;
};

/** Undefined where the answer is that there is no such thing. */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RefusedByApiError && error.code === "not_found") return undefined;
    throw error;
  }
}
