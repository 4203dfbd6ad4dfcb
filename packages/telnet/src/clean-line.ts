const [escape, bell, csi, osc, terminator] = ["\u001b", "\u0007", "\u009b", "\u009d", "\u009c"];

// Sequences that steer a terminal (ECMA-48): with parameters, with a string that has its end, and of two characters.
const sequences = new RegExp(
  [
    `(?:${escape}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `(?:${escape}[\\]PX^_]|${osc})[^${bell}${escape}${terminator}]*(?:${bell}|${terminator}|${escape}\\\\)`,
    // A key of the keypad, or one with an arrow.
    `${escape}O[@-~]`,
    `${escape}[ -/]*[0-Z\\\\-~]`,
  ].join("|"),
  "gu",
);
/** All controls, ends of lines that are none of ours, and marks that turn the direction of writing for what follows. */
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * What is left of a typed text when everything is out that could steer the terminal of somebody who gets to see it: no control character
 * remains. Tabs become spaces.
 */
export function cleanLine(text: string): string {
  return text.replaceAll("\t", " ").replace(sequences, "").replace(controls, "");
}

/** What a client says of itself, for logs and screens: cleaned and not too long. */
export function cleanName(text: string): string | undefined {
  const name = cleanLine(text).trim().slice(0, 60);
  return name === "" ? undefined : name;
}
