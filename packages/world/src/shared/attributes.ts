import { asJson, fragment, NotJsonError, type Json } from "@aethyr/kernel";
import { z } from "zod";

const maxAttributesBytes = 16_384;

/** The key of an attribute: a name, or a path of names such as `combat.armor`. */
export const AttributeKey = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._:-]{0,63}$/, "1–64 characters of A–Z a–z 0–9 . _ : -, starting with a letter");

/** Any JSON value. `null` is a value like any other: a key, once set, stays. */
export const AttributeValue = z.custom<Json>(isJson, "a JSON value");

/** What a thing has that no rule of this package knows about: at most 16 KiB as JSON. */
export const Attributes = z
  .record(AttributeKey, AttributeValue)
  .readonly()
  .refine(fitAttributes, `attributes of at most ${maxAttributesBytes} bytes`);
export type Attributes = Readonly<Record<string, Json>>;

/** Whether attributes stay within the limit that every command and every state keeps. */
export function fitAttributes(attributes: Attributes): boolean {
  return new TextEncoder().encode(JSON.stringify(attributes)).length <= maxAttributesBytes;
}

export const attributes = fragment(
  {
    GameObjectAttributeUpdated: z.object({ key: AttributeKey, value: AttributeValue }),
    GameObjectAttributesUpdated: z.object({ attributes: Attributes }),
  },
  { attributes: {} as Attributes },
  {
    GameObjectAttributeUpdated: (state, { key, value }) => ({ attributes: { ...state.attributes, [key]: value } }),
    GameObjectAttributesUpdated: (state, data) => ({ attributes: { ...state.attributes, ...data.attributes } }),
  },
);

function isJson(value: unknown): boolean {
  try {
    asJson(value);
    return true;
  } catch (error) {
    if (error instanceof NotJsonError) return false;
    throw error;
  }
}
