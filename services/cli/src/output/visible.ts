/** Control characters of both sets, those that change the direction of what follows, and those that show as nothing. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const hidden = /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

/**
 * The text with nothing in it that a terminal obeys: names and descriptions come from players, and must not move the cursor, paint, or
 * pretend to be other lines. One line in, one line out.
 */
export const visible = (text: string): string =>
  text.replaceAll(hidden, (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The same for JSON text, in which line breaks between values stay: what is escaped inside a string means the same as before. */
export const escaped = (json: string): string =>
  json.replaceAll(hidden, (character) => (character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`));

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
