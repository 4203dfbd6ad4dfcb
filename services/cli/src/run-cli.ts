import { loadConfig, type LoadedConfig } from "@aethyr/process";
import { CommanderError } from "commander";
import { CliError } from "./errors.ts";
import { exitCodeOf, reportFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { bareVerbs, nouns } from "./nouns.ts";
import { createNotes } from "./output/notes.ts";
import { createPrinter } from "./output/printer.ts";
import { createProgram } from "./program.ts";
import type { Call, CommonOptions } from "./verb.ts";

/** Runs one line of the `aethyr` command and gives its exit code. Never rejects. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    const program = createProgram({ nouns, bareVerbs }, io, async (verb, given, options) =>
      verb.run(callOf(given, options as CommonOptions, io)),
    );
    await program.parseAsync([...args], { from: "user" });
    io.signal.throwIfAborted();
    return 0;
  } catch (thrown) {
    // What broke because of a signal is no news; what a verb has to say about it is.
    const interruption: unknown = io.signal.aborted ? io.signal.reason : undefined;
    const isNews = !isSaid(thrown) && (interruption === undefined || thrown instanceof CliError);
    if (isNews) reportFailure(thrown, io, args.includes("--verbose") || args.includes("-v"));
    return exitCodeOf(interruption ?? thrown);
  }
}

/** Help and its like: commander has written it. */
const isSaid = (error: unknown): boolean => error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help");

function callOf(args: readonly string[], options: CommonOptions, io: Io): Call {
  const notes = createNotes(io);
  // Kept for the rest of this one call.
  let loaded: LoadedConfig | undefined;
  return {
    args,
    options,
    io,
    notes,
    print: createPrinter(io, options.output),
    config() {
      if (loaded !== undefined) return loaded;
      const { dataFolder: data, modules, config } = options;
      const given = Object.entries({ data, modules, config }).filter((flag): flag is [string, string] => flag[1] !== undefined);
      loaded = loadConfig({
        flags: Object.fromEntries(given),
        env: io.env,
        cwd: io.cwd,
      });
      for (const warning of loaded.warnings) notes.warn(warning);
      return loaded;
    },
  };
}
