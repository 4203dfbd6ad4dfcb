import { pathOf } from "@aethyr/kernel";
import type { DeadLetterWhole } from "@aethyr/operator";
import { numberArgument } from "../arguments.ts";
import { fieldRows } from "../output/fields.ts";
import type { Row } from "../output/rows.ts";
import { verb } from "../verb.ts";
import { noSuchLetter } from "../world/not-found.ts";
import { askWorld } from "../world/with-world.ts";

export const deadLetterShow = verb({
  name: "show",
  summary: "shows one command that was put aside, and why it was",
  details:
    "With all that is in it; what it carries of secrets is hidden. Of one that cannot be read the bytes are shown, in base64 for scripts.",
  examples: [
    ["deadletter show 12", "its fields, its sender, the reason"],
    ["deadletter show 12 --output json", "everything, for a script"],
  ],
  define: (command) => command.argument("<number>", "as `deadletter list` tells it"),
  async run(call) {
    const number = numberArgument(call.args[0]);
    const letter = await askWorld(call, async ({ operations }) => operations.deadLetters.show(number));
    if (letter === undefined) throw noSuchLetter(number);
    await call.print.one(letter, rowsOf(letter));
  },
});

function rowsOf(letter: DeadLetterWhole): readonly Row[] {
  const { number, at, reason, command, type, target, actor, attempts, bytes, missing, data, correlation, causation, raw } = letter;
  return [
    ["number", number],
    ["put aside", at],
    ["why", reason],
    ["command", type ?? "(it cannot be read)"],
    ["id", command],
    ["aggregate", pathOf(target)],
    ["tries", attempts],
    ["bytes", missing === 0 ? bytes : `${bytes}, of which ${missing} were too many to be kept`],
    ...(type === null
      ? ([["its bytes", raw === null ? "" : Buffer.from(raw, "base64").toString("utf8")]] satisfies Row[])
      : ([
          ["by", actor ?? "(nobody named)"],
          ["story", correlation ?? "(none named)"],
          ["cause", causation ?? "(no cause named)"],
        ] satisfies Row[])),
    ...(data === null ? [] : fieldRows(data)),
  ];
}
