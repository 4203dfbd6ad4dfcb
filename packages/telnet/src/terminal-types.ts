import { cleanName } from "./clean-line.ts";

/** What a client says in its rounds of TTYPE. */
export type TerminalTypes = {
  /** One more answer of the client. */
  receive(name: string): void;
  /** The first name: of the client with MTTS, of the terminal without. */
  client(): string | undefined;
  colour(): boolean;
};

/** Bits of MTTS (Mud Terminal Type Standard) that matter here. */
const bits = { ansi: 1, colours256: 8, trueColour: 256 };
const maxRounds = 4;
const inColour = /ansi|color|xterm|rxvt|linux|screen|tmux|vte|mudlet|mushclient|tintin|kildclient/iu;

/**
 * Asks for names until one comes twice, which is how both RFC 1091 and MTTS mark the end of the list, or until the fourth. With MTTS, they are
 * the client, its terminal, and `MTTS` with a number.
 */
export function createTerminalTypes(ask: () => void): TerminalTypes {
  const names: string[] = [];
  let isDone = false;
  let knowsMtts = false;
  let colour = false;

  return {
    receive(text) {
      const name = cleanName(text);
      if (isDone || name === undefined) return;
      isDone = names.at(-1) === name || names.length + 1 >= maxRounds;
      if (names.at(-1) === name) return;
      names.push(name);
      const digits = /^MTTS (\d{1,5})$/iu.exec(name)?.[1];
      if (digits !== undefined) {
        knowsMtts = true;
        colour = (Number(digits) & (bits.ansi | bits.colours256 | bits.trueColour)) !== 0;
      } else if (!knowsMtts) colour ||= inColour.test(name);
      isDone ||= digits !== undefined;
      if (!isDone) ask();
    },
    client: () => names[0],
    colour: () => colour,
  };
}
