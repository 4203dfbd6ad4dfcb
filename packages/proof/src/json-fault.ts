/**
 * Where a text stops being JSON, for a person: `line 3, column 12`; `at its end` where only something is missing. Unlike the messages of
 * `JSON.parse` it shows nothing of the text, which may be a secret that somebody has named by mistake.
 */
export function jsonFault(text: string): string {
  const at = faultIn(text);
  if (at >= text.trimEnd().length) return "at its end";
  const before = text.slice(0, at);
  return `line ${before.split("\n").length}, column ${at - before.lastIndexOf("\n")}`;
}

const space = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- a string may not hold them
const scalar = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const closing: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/** Index of the first character that cannot be there. */
function faultIn(text: string): number {
  const open: string[] = [];
  let at = 0;
  /** `first`: a value, or the end of what was just opened. */
  let wants: "value" | "first" | "key" | "colon" | "more" = "value";
  const taken = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  for (;;) {
    taken(space);
    const next = text[at] ?? "";
    const inside = open.at(-1);
    if (inside !== undefined && next === closing[inside] && (wants === "more" || wants === "first")) {
      open.pop();
      at += 1;
      wants = "more";
    } else if (wants === "more" && inside !== undefined && next === ",") {
      at += 1;
      wants = inside === "{" ? "key" : "value";
    } else if (wants === "colon" && next === ":") {
      at += 1;
      wants = "value";
    } else if (wants === "key" || (wants === "first" && inside === "{")) {
      if (next !== '"' || taken(scalar) === "") return at;
      wants = "colon";
    } else if (wants === "value" || wants === "first") {
      if (next in closing) {
        open.push(next);
        at += 1;
        wants = "first";
      } else if (taken(scalar) === "") return at;
      else wants = "more";
    } else return at;
  }
}
