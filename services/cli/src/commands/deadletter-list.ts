import { pathOf } from "@aethyr/kernel";
import { wholeNumber } from "../arguments.ts";
import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

export const deadLetterList = verb<{ readonly limit?: number }>({
  name: "list",
  summary: "lists the commands that no host could deal with, the newest first",
  details:
    "A command is put aside where it cannot be read, or where the rules of the world fail on it again and again: nothing of it has taken effect. One that is refused by the rules is answered, and not here. A world in one process keeps them only while it runs.",
  examples: [
    ["deadletter list", "the newest, and why each was put aside"],
    ["deadletter list --limit 500 --output ndjson", "more of them, for a script"],
  ],
  define: (command) => command.option("--limit <n>", "at most so many, up to 1000; 50 without it", wholeNumber(1)),
  async run(call) {
    const { letters, isRunning } = await askWorld(call, async ({ operations, isRunning: runs }) => ({
      letters: await operations.deadLetters.list(call.options.limit),
      isRunning: runs,
    }));
    await call.print.list(letters, [
      { title: "number", value: ({ number }) => number },
      { title: "since", value: ({ at }) => at },
      { title: "command", value: ({ type }) => type ?? "(unreadable)" },
      { title: "aggregate", value: ({ target }) => pathOf(target) },
      { title: "from", value: ({ actor }) => actor ?? undefined },
      { title: "tries", value: ({ attempts }) => attempts },
      { title: "why", value: ({ reason }) => reason },
    ]);
    if (call.print.format !== "table") return;
    if (!isRunning) call.notes.note("the world is stopped: such commands are kept only while it runs");
    else if (letters.length === 0) call.notes.note("no commands were put aside");
    else call.notes.note(`what is in one of them: ${typed(`deadletter show ${letters[0]?.number ?? 1}`)}`);
  },
});
