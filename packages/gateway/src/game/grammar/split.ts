/** `sword from bag` at `from`: what stands before and after the last of these words; undefined where none stands between others. */
export function splitAt(text: string, ...words: readonly string[]): readonly [string, string] | undefined {
  const parts = text.trim().split(/\s+/);
  const at = parts.findLastIndex((part, index) => index > 0 && index < parts.length - 1 && words.includes(part.toLowerCase()));
  return at === -1 ? undefined : [parts.slice(0, at).join(" "), parts.slice(at + 1).join(" ")];
}

/** The first word, lower case, and what follows it. */
export function firstWord(text: string): readonly [string, string] {
  const [, word = "", rest = ""] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  return [word.toLowerCase(), rest.trim()];
}
