const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const invisible = /^[\p{Mark}\p{Cf}]+$/u;
const picture = /^\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{FE0F}/u;
/** The blocks of East Asian wide and full-width characters. */
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;

const plain = /^[\x20-\x7e]*$/;

/** Columns of a terminal that a text without control characters takes. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** The text in at most so many columns; what was cut shows as `…`. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    kept += segment;
  }
  return `${kept}…`;
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return picture.test(grapheme) || wide.test(grapheme) ? 2 : 1;
}
