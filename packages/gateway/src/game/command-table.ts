import type { Command } from "./command.ts";
import { colour } from "./commands/colour.ts";
import { close, lock, open, unlock } from "./commands/doors.ts";
import { drop } from "./commands/drop.ts";
import { emote } from "./commands/emote.ts";
import { equipment } from "./commands/equipment.ts";
import { examine } from "./commands/examine.ts";
import { exits } from "./commands/exits.ts";
import { get } from "./commands/get.ts";
import { give } from "./commands/give.ts";
import { goTo } from "./commands/goto.ts";
import { help } from "./commands/help.ts";
import { inventory } from "./commands/inventory.ts";
import { look } from "./commands/look.ts";
import { move } from "./commands/move.ts";
import { pose } from "./commands/pose.ts";
import { put } from "./commands/put.ts";
import { quit } from "./commands/quit.ts";
import { remove, unwield } from "./commands/remove.ts";
import { say } from "./commands/say.ts";
import { score } from "./commands/score.ts";
import { setpassword } from "./commands/setpassword.ts";
import { sit } from "./commands/sit.ts";
import { stand } from "./commands/stand.ts";
import { stats } from "./commands/stats.ts";
import { tell } from "./commands/tell.ts";
import { wear, wield } from "./commands/wear.ts";
import { whereis } from "./commands/whereis.ts";
import { who } from "./commands/who.ts";

/** All commands of the game. A word that only begins a name means the first one here that it begins. */
export const commandTable: readonly Command[] = [
  move,
  look,
  get,
  inventory,
  say,
  drop,
  put,
  give,
  wear,
  wield,
  remove,
  unwield,
  examine,
  equipment,
  exits,
  open,
  close,
  lock,
  unlock,
  tell,
  emote,
  who,
  whereis,
  sit,
  stand,
  pose,
  score,
  help,
  colour,
  setpassword,
  quit,
  stats,
  goTo,
];

/** Marks at the beginning of a line that stand for a word. */
const marks: Readonly<Record<string, string>> = { "'": "say ", '"': "say ", ":": "emote ", "?": "help " };

export type Found =
  | { readonly kind: "found"; readonly command: Command; readonly word: string; readonly rest: string }
  | { readonly kind: "whole"; readonly command: Command }
  | { readonly kind: "unknown" };

/** The command that a line means. Whole words come first; then beginnings of names, then of aliases, each in the table's order. */
export function findCommand(line: string, commands: readonly Command[]): Found {
  const typed = line.trim();
  const mark = marks[typed.charAt(0)];
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(mark === undefined ? typed : mark + typed.slice(1)) ?? [];
  const asked = word.toLowerCase();
  if (asked === "") return { kind: "unknown" };
  const exact = commands.find((command) => [...namesOf(command), ...(command.aliases ?? [])].includes(asked));
  if (exact !== undefined) return { kind: "found", command: exact, word: asked, rest: rest.trim() };
  for (const wordsOf of [namesOf, ({ aliases = [] }: Command) => aliases]) {
    for (const command of commands) {
      const begun = wordsOf(command).find((each) => each.length > 2 && each.startsWith(asked));
      if (begun === undefined) continue;
      return command.whole === true ? { kind: "whole", command } : { kind: "found", command, word: begun, rest: rest.trim() };
    }
  }
  return { kind: "unknown" };
}

const namesOf = ({ name, names = [] }: Command): readonly string[] => [name, ...names];
