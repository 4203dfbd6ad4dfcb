/** A line that a page tells its readers to type. */
export type DocumentedLine = { readonly file: string; readonly line: number; readonly text: string };

const typed = /(?:^|[\s;&|(])npx -y pnpm\s/;

/** Every line with `npx -y pnpm …` in the fenced code blocks of a Markdown page, in order, without prompts; continued lines are one. */
export function documentedLines(file: string, markdown: string): readonly DocumentedLine[] {
  const found: DocumentedLine[] = [];
  let fence: string | undefined;
  let held: DocumentedLine | undefined;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(raw)?.[1];
    if (fence === undefined) {
      fence = mark;
    } else if (mark !== undefined && mark.startsWith(fence) && raw.trim() === mark) {
      fence = undefined;
      held = undefined;
    } else {
      const text = raw.trim().replace(/^\$ /, "");
      const line: DocumentedLine = held === undefined ? { file, line: index + 1, text } : { ...held, text: `${held.text} ${text}` };
      held = line.text.endsWith("\\") ? { ...line, text: line.text.slice(0, -1).trimEnd() } : undefined;
      if (held === undefined && typed.test(line.text) && !line.text.startsWith("#")) found.push(line);
    }
  }
  return found;
}

/** What a reader would have to fill in: `<id>`, `PATH`, `TYPE/ID`, `…`. A line is to be typed as it stands. */
export function placeholderIn({ text }: DocumentedLine): string | undefined {
  const outsideQuotes = text.replace(/'[^']*'|"[^"]*"|#.*$/g, "");
  return /<[^<>\s]+>|…|\.\.\.|(?<![\w$-])(?:PATH|FILE|DIR|TYPE|ID|NOUN|VERB|NAME|JSON|N)(?![\w=])/.exec(outsideQuotes)?.[0];
}

/** What a line runs where it is one program with its words: the variables before it, the script of `npx -y pnpm`, and its words. */
export type ScriptCall = { readonly env: Readonly<Record<string, string>>; readonly script: string; readonly words: readonly string[] };

const blank = /\s/y;
const quoted = /'([^']*)'|"([^"$`\\]*)"/y;
const plain = /[^\s'"$`\\|&;<>()*?[\]{}~!]+/y;

/** The words of a line, as a shell reads them; undefined where it wants more of the shell: a pipe, a redirection, a pattern, a second command. */
export function callOf({ text }: DocumentedLine): ScriptCall | undefined {
  const words = wordsOf(text);
  const program = words?.findIndex((word) => !/^\w+=/.test(word)) ?? -1;
  if (words === undefined || words.slice(program, program + 3).join(" ") !== "npx -y pnpm") return undefined;
  const env = Object.fromEntries(
    words.slice(0, program).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
  const [script = "", ...rest] = words.slice(program + 3);
  return { env, script, words: rest };
}

function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    const end = matchAt(blank, text, at);
    if (end !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (word === undefined && text[at] === "#") {
      return words;
    }
    const part = end ?? matchAt(quoted, text, at) ?? matchAt(plain, text, at);
    if (part === undefined) return undefined;
    if (end === undefined) word = `${word ?? ""}${part[1] ?? part[2] ?? part[0]}`;
    at += part[0].length;
  }
  return word === undefined ? words : [...words, word];
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
