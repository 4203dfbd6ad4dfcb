import { pathOf } from "@aethyr/kernel";
import { wholeNumber } from "../arguments.ts";
import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

/** As many as a person reads. */
const shownInTable = 50;

export const actorsList = verb<{ readonly limit?: number }>({
  name: "list",
  summary: "lists the actors that are in memory",
  examples: [
    ["actors list", "each with its state, version and waiting commands"],
    ["actors list --output json", "all of them, for a script"],
  ],
  define: (command) =>
    command.option("--limit <n>", `at most so many; ${shownInTable} without it in a table, all in json and ndjson`, wholeNumber(1)),
  async run(call) {
    const { actors, isRunning } = await askWorld(call, async (world) => ({
      actors: await world.operations.actors(),
      isRunning: world.isRunning,
    }));
    const { limit = call.print.format === "table" ? shownInTable : actors.length } = call.options;
    const shown = actors.slice(0, limit);
    if (!isRunning) call.notes.note("the world is stopped: no actors are in memory");
    else if (actors.length === 0) call.notes.note("no actors are in memory: one is as soon as it gets a command");
    await call.print.list(shown, [
      { title: "actor", value: ({ ref }) => pathOf(ref) },
      { title: "state", value: ({ state }) => state },
      { title: "version", value: ({ version }) => version },
      { title: "waiting", value: ({ mailbox }) => mailbox },
      ...(shown.some(({ host }) => host !== undefined) ? [{ title: "host", value: ({ host }: (typeof shown)[number]) => host }] : []),
      { title: "idle", value: ({ idleMs }) => `${(idleMs / 1_000).toFixed(1)} s` },
    ]);
    if (shown.length < actors.length) {
      const all = typed(`actors list --limit ${actors.length}`);
      call.notes.note(`${shown.length} of ${actors.length} actors; all of them: ${all}`);
    }
  },
});
