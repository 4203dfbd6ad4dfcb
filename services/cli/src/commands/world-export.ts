import { open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { loadDomain } from "@aethyr/embedded";
import { exportWorld, leftOutText, rehearse, worldFileLines, type ExportedState, type LeftOut, type WorldExport } from "@aethyr/import";
import { CliError } from "../errors.ts";
import { verb, type Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

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
    const states = await withWorld(call, async ({ operations }) => {
      const all: ExportedState[] = [];
      for await (const { ref, states: active, context } of operations.allAggregates({ signal: call.io.signal })) {
        all.push({ ref, states: active, context });
        call.notes.progress(`${all.length} aggregates`);
      }
      return all;
    });
    const domain = await loadDomain(call.config().config.modules);
    call.notes.progress(`rehearsing the import of ${states.length} aggregates`);
    const world = await rehearse(exportWorld(states, domain), states, domain);
    call.notes.clear();
    const { commands, leftOut } = world;
    const players = commands.filter(({ type }) => type === "CreatePlayer").length;
    if (call.options.lenient !== true && leftOut.length > 0) throw incomplete(leftOut);
    await writeNew(file, world);
    await call.print.one({ file, commands: commands.length, playersWithoutPassword: players, leftOut: leftOut.map(leftOutText) }, [
      ["file", file],
      ["commands", commands.length],
      ["players, without their passwords", players],
      ["left out", leftOut.length],
    ]);
    if (call.print.format === "table") warn(call, leftOut);
  },
});

async function writeNew(file: string, { commands }: WorldExport): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    let text = "";
    for (const line of worldFileLines(commands)) {
      text += line;
      if (text.length < 1_000_000) continue;
      await handle.write(text);
      text = "";
    }
    await handle.write(text);
    await handle.sync();
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

const shown = 20;

function incomplete(leftOut: readonly LeftOut[]): CliError {
  const things = leftOut.length === 1 ? "1 thing" : `${leftOut.length} things`;
  const more = leftOut.length > shown ? [`… and ${leftOut.length - shown} more`] : [];
  return new CliError(
    "export_incomplete",
    [
      `${things} of this world cannot be exported: leave them out with --lenient, or copy all of it with store backup; nothing was written`,
      ...leftOut.slice(0, shown).map(leftOutText),
      ...more,
    ].join("\n"),
  );
}

function warn({ notes }: Call, leftOut: readonly LeftOut[]): void {
  for (const each of leftOut.slice(0, shown)) notes.warn(leftOutText(each));
  if (leftOut.length > shown) notes.note(`… and ${leftOut.length - shown} more are left out; --output json has them all`);
}
