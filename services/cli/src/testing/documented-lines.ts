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
