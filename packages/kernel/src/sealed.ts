import { z } from "zod";
import { RefPath } from "./ref.ts";

/**
 * A value encrypted under its subject's key: `sealed:1:<subject>:<base64url>`. This form, and no other, is what rules see, charts keep, the
 * log and snapshots hold. Sealing the same value for the same subject gives the same text, so that equality can be told without opening.
 */
export const Sealed = z
  .string()
  .regex(/^sealed:1:[^:]+:[A-Za-z0-9_-]+$/, "a sealed value")
  .refine((text) => RefPath.safeParse(text.split(":", 3)[2]).success, "sealed for a subject, type/id")
  .brand<"Sealed">();
export type Sealed = z.infer<typeof Sealed>;

const clear = Symbol("schema of the value before it is sealed");

/**
 * A field that is sealed before any rule sees it. A command brings it in the clear, checked against `schema`; from there on it is `Sealed`.
 * Only fields at the top of a command's input or an event's data can be sealed.
 */
export function sealed(schema: z.ZodType<string>): typeof Sealed {
  const marked = Sealed.clone();
  Object.defineProperty(marked, clear, { value: schema });
  return marked as typeof Sealed;
}

/** The sealed fields of an object schema, each with the schema of its clear value. */
export function sealedFields(schema: z.ZodType): readonly { readonly field: string; readonly clear: z.ZodType<string> }[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([field, inner]) => {
    const value = (inner as { [clear]?: z.ZodType<string> })[clear];
    return value === undefined ? [] : [{ field, clear: value }];
  });
}
