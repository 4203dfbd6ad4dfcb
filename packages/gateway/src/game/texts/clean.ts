// Controls, escapes, direction marks, invisible characters, and what else could make a screen show something that was not said.
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of the world as a screen may show it: lines stay, every other control goes. */
export const cleanText = (text: string): string =>
  text.replaceAll("\r\n", "\n").replaceAll(/[^\n]+/g, (line) => line.replaceAll("\t", " ").replaceAll(unprintable, ""));

/** Something said by a person: one line, of up to `most` characters. */
export const spokenLine = (text: string, most = 500): string =>
  Array.from(text.replaceAll(/\s+/g, " ").replaceAll(unprintable, "").trim()).slice(0, most).join("").trim();
