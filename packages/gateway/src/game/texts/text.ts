/** What a line is, for screens that show colours. */
export type Style = "place" | "exits" | "speech";
export type Line = string | { readonly text: string; readonly style: Style };
/** What a person reads: plain text with `\n` between its lines, or lines of which some are more than plain. */
export type Text = string | readonly Line[];

export const linesOf = (text: Text): readonly Line[] => (typeof text === "string" ? [text] : text);

/** ANSI (ECMA-48, SGR): bold, and two of the eight colours that every palette has, as legible on a dark screen as on a bright one. */
const codes: Readonly<Record<Style, string>> = { place: "1", exits: "36", speech: "32" };

/** Colours a text that is wrapped already, line by line, so that no colour goes on in what is written next. */
export function paint(text: string, style: Style): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : `\u001b[${codes[style]}m${line}\u001b[0m`))
    .join("\n");
}
