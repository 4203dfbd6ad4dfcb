import type { Line } from "./line-reader.ts";
import { type Direction, directions, type DoorState, doorStates, type WearSlot, wearSlots } from "./names.ts";
import { integer } from "./numbers.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";

type Common = {
  /** Runs only if the command before it succeeded. */
  readonly ifFlag: boolean;
  readonly source: Source;
};

/**
 * One command of a zone's reset list. Mobs, objects, rooms and containers are named by vnum; `max` is the number of
 * instances of that prototype in the whole world at which the command does nothing.
 */
export type Reset = Common &
  (
    | { readonly command: "M"; readonly mob: number; readonly max: number; readonly room: number }
    | {
        readonly command: "O";
        readonly object: number;
        readonly max: number;
        readonly room: number;
      }
    | { readonly command: "G"; readonly object: number; readonly max: number }
    | {
        readonly command: "E";
        readonly object: number;
        readonly max: number;
        readonly slot: WearSlot;
      }
    | {
        readonly command: "P";
        readonly object: number;
        readonly max: number;
        readonly container: number;
      }
    | {
        readonly command: "D";
        readonly room: number;
        readonly direction: Direction;
        readonly state: DoorState;
      }
    | { readonly command: "R"; readonly room: number; readonly object: number }
  );

/**
 * Reads one reset line: the letter, the if-flag, two or three numbers, and a comment that is not looked at.
 * Throws `malformed_line`, `bad_number` or `unknown_value`.
 */
export function readReset(line: Line): Reset {
  const [command = "", ...words] = line.text.trim().split(/\s+/);
  const { source } = line;
  const number = (index: number, name: string): number => {
    const word = words[index];
    if (word === undefined) throw malformed(line, `${name} in the command ${command}`);
    return integer(word, name, source);
  };
  const choice = <N extends string>(index: number, name: string, names: readonly N[]): N => {
    const value = number(index, name);
    const chosen = names[value];
    if (chosen !== undefined) return chosen;
    throw new WorldFileError({
      code: "unknown_value",
      source,
      expected: `${name} from 0 to ${names.length - 1}`,
      found: String(value),
    });
  };
  const common = (): Common => ({ ifFlag: number(0, "the if-flag") !== 0, source });
  const thing = (): { object: number; max: number } => ({
    object: number(1, "the object"),
    max: number(2, "the maximum"),
  });

  switch (command) {
    case "M":
      return {
        ...common(),
        command,
        mob: number(1, "the mob"),
        max: number(2, "the maximum"),
        room: number(3, "the room"),
      };
    case "O":
      return { ...common(), command, ...thing(), room: number(3, "the room") };
    case "G":
      return { ...common(), command, ...thing() };
    case "E":
      return { ...common(), command, ...thing(), slot: choice(3, "a wear position", wearSlots) };
    case "P":
      return { ...common(), command, ...thing(), container: number(3, "the container") };
    case "D":
      return {
        ...common(),
        command,
        room: number(1, "the room"),
        direction: choice(2, "a direction", directions),
        state: choice(3, "a door state", doorStates),
      };
    case "R":
      return { ...common(), command, room: number(1, "the room"), object: number(2, "the object") };
    default:
      throw malformed(line, "a reset command M, O, G, E, P, D or R, or the closing S");
  }
}

function malformed(line: Line, expected: string): WorldFileError {
  return new WorldFileError({
    code: "malformed_line",
    source: line.source,
    expected,
    found: quote(line.text),
  });
}
