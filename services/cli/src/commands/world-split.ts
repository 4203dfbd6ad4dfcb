import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { divideStates, leftOutText, type ExportedState, type WorldExport } from "@aethyr/import";
import { UsageError } from "../errors.ts";
import { typed } from "../how-to-type.ts";
import { verb, type Call } from "../verb.ts";
import { incompleteExport, playersIn, readStates, rehearsedExport, warnOfLeftOut, writeExport } from "../world/world-file.ts";

type Options = { readonly chosen?: string; readonly lenient?: true; readonly dryRun?: true };
type Part = { readonly file: string; readonly aggregates: number; readonly world: WorldExport };

export const worldSplit = verb<Options>({
  name: "split",
  summary: "writes the world as it is now into two files, each aggregate into one of them, for two new worlds",
  details:
    "A log has one order, and what happened to several aggregates at once stands in it once: it is not cut in two. Each file is what world export writes, of its part; whatever is in a room, a player or a thing goes where that goes. History and passwords stay in the world that is split, which is not changed. Where anything of one part needs the other, such as an exit between them, nothing is written, unless --lenient.",
  examples: [
    ["world split harbour.ndjson rest.ndjson --chosen 'room/harbour-*' --dry-run", "what would be in which, and what stands in the way"],
    [
      "world split harbour.ndjson rest.ndjson --chosen 'room/harbour-*,player/ann'",
      "the chosen into the first file, all else into the second",
    ],
  ],
  define: (command) =>
    command
      .argument("<file>", "for the chosen part; a file that is not there yet")
      .argument("<rest>", "for all else; likewise")
      .requiredOption("--chosen <patterns>", "TYPE/ID with commas between; * is any text")
      .option("--dry-run", "say what would be written, and write nothing")
      .option("--lenient", "leave out what cannot be carried, such as exits between the two, instead of stopping"),
  async run(call) {
    const [file, rest] = [call.args[0] ?? "", call.args[1] ?? ""].map((name) => resolve(call.io.pathsFrom, name));
    if (file === undefined || rest === undefined || file === rest) throw new UsageError("name two files that are not the same");
    const patterns = (call.options.chosen ?? "").split(",").filter((text) => text !== "");
    if (patterns.length === 0) throw new UsageError("--chosen names nothing: write TYPE/ID, such as 'room/harbour-*'");
    const divided = divideStates(await readStates(call), patterns);
    if (divided.chosen.length === 0 || divided.rest.length === 0)
      throw new UsageError(
        `--chosen names ${divided.chosen.length === 0 ? "nothing that there is" : "all that there is"}: nothing to split`,
      );
    const parts = [await partOf(call, file, divided.chosen), await partOf(call, rest, divided.rest)] as const;
    call.notes.clear();
    const leftOut = parts.flatMap(({ world }) => world.leftOut);
    const { dryRun = false, lenient = false } = call.options;
    if (!dryRun && !lenient && leftOut.length > 0) throw incompleteExport(leftOut);
    if (!dryRun) await writeBoth(parts);
    await call.print.list(
      parts.map((part) => ({
        file: part.file,
        aggregates: part.aggregates,
        commands: part.world.commands.length,
        playersWithoutPassword: playersIn(part.world),
        leftOut: part.world.leftOut.map(leftOutText),
      })),
      [
        { title: "file", value: (part) => part.file },
        { title: "aggregates", value: (part) => part.aggregates },
        { title: "commands", value: (part) => part.commands },
        { title: "players", value: (part) => part.playersWithoutPassword },
        { title: "left out", value: (part) => part.leftOut.length },
      ],
    );
    if (call.print.format !== "table") return;
    warnOfLeftOut(call, leftOut);
    call.notes.note(dryRun ? "nothing was written" : `fill two new worlds with them: ${typed("world import --help")}`);
  },
});

const partOf = async (call: Call, file: string, states: readonly ExportedState[]): Promise<Part> => ({
  file,
  aggregates: states.length,
  world: await rehearsedExport(call, states),
});

/** Both, or none. */
async function writeBoth([one, other]: readonly [Part, Part]): Promise<void> {
  await writeExport(one.file, one.world);
  await writeExport(other.file, other.world).catch(async (error: unknown) => {
    await rm(one.file, { force: true });
    throw error;
  });
}
