/** Text written over several lines: a line break is a space, an empty line ends a paragraph. Clients wrap it to their width. */
export function prose(text: TemplateStringsArray): string {
  const paragraphs = (text[0] ?? "").trim().split(/\n[^\S\n]*\n/);
  return paragraphs.map((paragraph) => paragraph.trim().replaceAll(/\s*\n\s*/g, " ")).join("\n\n");
}
