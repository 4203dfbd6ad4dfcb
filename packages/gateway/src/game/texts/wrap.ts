const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u{ff01}-\u{ff60}]/u;
const mark = /\p{M}/u;

const plain = /^[ -~]*$/;

/** Columns that a character takes. */
const columnsOf = (character: string): number => (mark.test(character) ? 0 : wide.test(character) ? 2 : 1);
function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/**
 * Lines of at most `width` columns; those that go on an earlier one begin with `indent`, so that nothing that a person wrote stands at the
 * beginning of a line as a prompt does.
 */
export function wrap(text: string, width: number, indent = ""): string {
  return text
    .split("\n")
    .map((line) => wrapLine(line, Math.max(20, width), indent))
    .join("\n");
}

function wrapLine(line: string, width: number, indent: string): string {
  if (widthOf(line) <= width) return line;
  const lines: string[] = [];
  let current = "";
  let columns = 0;
  for (const word of line.split(" ").flatMap((each) => pieces(each, width - indent.length))) {
    const more = widthOf(word);
    if (current === "" || columns + 1 + more <= width) {
      columns += current === "" ? more : 1 + more;
      current = current === "" ? word : `${current} ${word}`;
    } else {
      lines.push(current);
      current = indent + word;
      columns = indent.length + more;
    }
  }
  return [...lines, current].join("\n");
}

/** A word that is longer than a line, in pieces that are not. */
function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let piece = "";
  let columns = 0;
  for (const character of word) {
    const more = columnsOf(character);
    if (columns + more > width) {
      found.push(piece);
      piece = "";
      columns = 0;
    }
    piece += character;
    columns += more;
  }
  return [...found, piece];
}
