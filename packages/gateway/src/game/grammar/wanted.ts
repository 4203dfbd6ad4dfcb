/** What a person calls a thing by: `sword`, `red sword`, `2.sword`, `all`, `all.sword`. */
export type Wanted = {
  readonly all: boolean;
  /** Which of several, from 1. */
  readonly nth: number;
  /** Lower case; none stands for anything. */
  readonly words: readonly string[];
};

const mostNth = 999;

export function wantedOf(text: string): Wanted {
  const typed = text.toLowerCase().trim();
  const all = /^all(?:\.| |$)(.*)$/.exec(typed);
  if (all !== null) return { all: true, nth: 1, words: wordsOf(all[1]!) };
  const counted = /^(\d{1,3})\.(.*)$/.exec(typed);
  if (counted !== null) return { all: false, nth: Math.min(mostNth, Math.max(1, Number(counted[1]))), words: wordsOf(counted[2]!) };
  return { all: false, nth: 1, words: wordsOf(typed) };
}

const articles: ReadonlySet<string> = new Set(["a", "an", "the", "my"]);
const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "" && !articles.has(word));

/**
 * Those among several that are meant, in their order: all that fit, or the nth that does. A word fits a keyword that it begins; where
 * something fits word for word, only such things are meant.
 */
export function choose<T>(wanted: Wanted, among: readonly T[], keywordsOf: (one: T) => readonly string[]): readonly T[] {
  const { all, nth, words } = wanted;
  if (words.length === 0) return all ? among : [];
  const fitting = (fits: (keyword: string, word: string) => boolean): readonly T[] =>
    among.filter((one) => words.every((word) => keywordsOf(one).some((keyword) => fits(keyword, word))));
  const exact = fitting((keyword, word) => keyword === word);
  const found = exact.length > 0 ? exact : fitting((keyword, word) => keyword.startsWith(word));
  return all ? found : found.slice(nth - 1, nth);
}
