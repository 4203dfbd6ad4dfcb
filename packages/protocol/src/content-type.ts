import { MalformedMessageError } from "./errors.ts";

/** How a message is written: msgpack where both ends are programs of ours, JSON for everybody else. Both carry the same values. */
export const contentTypes = ["application/msgpack", "application/json"] as const;
export type ContentType = (typeof contentTypes)[number];

/** Bytes of a message and how they are written. */
export type Payload = { readonly bytes: Uint8Array; readonly contentType: ContentType };

/**
 * The content type that a header names, whatever its case and parameters. A message without the header is JSON, so that a command can be
 * typed by hand. Throws `MalformedMessageError` for any other type.
 */
export function contentTypeOf(header: string | undefined): ContentType {
  if (header === undefined || header === "") return "application/json";
  const exact = contentTypes.find((known) => known === header);
  if (exact !== undefined) return exact;
  const named = header.split(";", 1)[0]?.trim().toLowerCase();
  const known = contentTypes.find((type) => type === named);
  if (known === undefined) {
    throw new MalformedMessageError(`the content type is unknown: send ${contentTypes.join(" or ")}`, {
      contentType: header.slice(0, 100),
    });
  }
  return known;
}
