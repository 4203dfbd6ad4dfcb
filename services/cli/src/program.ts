import { Command, Option } from "commander";
import { columnsOf, write, type Io } from "./io.ts";
import { typed } from "./how-to-type.ts";
import { outputFormats } from "./output/printer.ts";
import type { Noun, Verb } from "./verb.ts";

export type Runner = (verb: Verb, args: readonly string[], options: Record<string, unknown>) => Promise<void>;

const widest = 110;

/** The command line as a whole: every noun with its verbs. `Runner` runs the one that was typed. */
export type Vocabulary = { readonly nouns: readonly Noun[]; readonly bareVerbs: readonly Verb[] };

export function createProgram({ nouns, bareVerbs }: Vocabulary, io: Pick<Io, "stdout" | "stderr">, run: Runner): Command {
  const program = new Command(typed("").trimEnd())
    .description(
      "Looks into a game world, changes it and fills it, whether it runs or is stopped: a world of rooms, players and things, each with all that ever happened to it.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void write(io.stdout, text).catch(() => undefined),
      writeErr: (text) => void io.stderr.write(text),
      // Reported once, with everything else that can fail.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(columnsOf(io.stdout) ?? widest, widest),
      getErrHelpWidth: () => Math.min(columnsOf(io.stderr) ?? widest, widest),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", exitCodes);
  for (const { name, summary, verbs } of nouns) {
    const noun = program.command(name).description(summary);
    for (const verb of verbs) addVerb(noun, verb, run);
  }
  for (const verb of bareVerbs) addVerb(program, verb, run);
  return program;
}

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
Each noun and verb has its own --help, such as: ${typed("aggregate show --help")}`;

function addVerb(noun: Command, verb: Verb, run: Runner): void {
  const command = noun.command(verb.name).summary(verb.summary).description([verb.summary, verb.details].filter(Boolean).join("\n\n"));
  const defined = verb.define?.(command) ?? command;
  // What the running process calls --data works here too, where a verb does not need the word for its own data.
  const hasOwnData = defined.options.some(({ long }) => long === "--data");
  const folder = new Option("--data <folder>").hideHelp();
  if (!hasOwnData) defined.addOption(folder);
  defined
    .addOption(new Option("-o, --output <format>", "how data is written").choices(outputFormats).default("table"))
    .option("--data-folder <folder>", "data folder of the world, instead of the configured one")
    .option("--modules <files>", "modules that bring more kinds of aggregates, with commas between; instead of the configured ones")
    .option("--config <file>", "file of the configuration, instead of ./aethyr.config.json")
    .option("-v, --verbose", "show the log, and where an error comes from")
    .addHelpText("after", examplesOf(verb))
    .action(async () => {
      const { data, ...options } = defined.opts<Record<string, unknown>>();
      await run(verb, defined.args, hasOwnData ? { ...options, data } : { dataFolder: data, ...options });
    });
}

function examplesOf({ examples }: Verb): string {
  const width = Math.max(...examples.map(([line]) => typed(line).length));
  return `\nExamples:\n${examples.map(([line, does]) => `  ${typed(line).padEnd(width)}   ${does}`).join("\n")}`;
}
