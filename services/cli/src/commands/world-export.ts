import { resolve } from "node:path";
import { leftOutText } from "@aethyr/import";
import { verb } from "../verb.ts";
import { incompleteExport, playersIn, readStates, rehearsedExport, warnOfLeftOut, writeExport } from "../world/world-file.ts";

type Options = { readonly lenient?: true };

export const worldExport = verb<Options>({
  name: "export",
  summary: "writes the world as it is now into a file that world import reads",
  details:
    "One JSON object a line: the commands that make rooms, exits, players, things, who holds and wears what, and what modules say of their own, as they are now, all at one moment. They are rehearsed on a world in memory. History is not in it (see store backup), nor are passwords: in another world nobody can log in as a player until password set gives them one. Where there is anything else that it cannot carry, nothing is written, unless --lenient.",
  examples: [
    ["world export ./world.ndjson", "a new file"],
    ["world export ./world.ndjson --lenient", "without what it cannot carry, and says what that is"],
  ],
  define: (command) =>
    command.argument("<file>", "a file that is not there yet").option("--lenient", "leave out what cannot be carried, instead of stopping"),
  async run(call) {
    const file = resolve(call.io.pathsFrom, call.args[0] ?? "");
    const states = await readStates(call);
    const world = await rehearsedExport(call, states);
    call.notes.clear();
    const { commands, leftOut } = world;
    const players = playersIn(world);
    if (call.options.lenient !== true && leftOut.length > 0) throw incompleteExport(leftOut);
    await writeExport(file, world);
    await call.print.one({ file, commands: commands.length, playersWithoutPassword: players, leftOut: leftOut.map(leftOutText) }, [
      ["file", file],
      ["commands", commands.length],
      ["players, without their passwords", players],
      ["left out", leftOut.length],
    ]);
    if (call.print.format === "table") warnOfLeftOut(call, leftOut);
  },
});
