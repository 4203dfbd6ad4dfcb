import { resolve } from "node:path";
import { runImport, starterWorld, type ImportResult, type Phase } from "@aethyr/import";
import { pathOf } from "@aethyr/kernel";
import { CliError, UsageError } from "../errors.ts";
import { progressLine } from "../importing/progress-line.ts";
import { ofPhases, readImport, type ToImport } from "../importing/read-import.ts";
import type { Notes } from "../output/notes.ts";
import { typed } from "../how-to-type.ts";
import { verb, type Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

type Options = {
  readonly lenient?: true;
  readonly dryRun?: true;
  readonly prefix?: string;
  readonly starter?: true;
  readonly ifEmpty?: true;
};

export const worldImport = verb<Options>({
  name: "import",
  summary: "fills the world from the files of a CircleMUD 3.1 or DikuMUD Alfa world, from a world export, or with the starter world",
  details:
    "Every record becomes commands, sent like a player's. Safe to run again, after an interruption or a change of the files: what took effect is not done twice. Fails if a part of the files cannot be read, or if the world refuses a command.",
  examples: [
    [
      "world import ./circle/lib/world --dry-run",
      "the folder that has wld, mob, obj, zon and shp in it: reads and checks it, sends nothing",
    ],
    ["world import ./world.ndjson", "what world export has written"],
    ["world import --starter --if-empty", "a village to begin with, unless something is there already"],
  ],
  define: (command) =>
    command
      .argument("[path]", "folder of the world, or file that `world export` has written")
      .option("--starter", "instead of files: the world that comes with Aethyr, which `npx -y pnpm start` makes by itself")
      .option("--if-empty", "do nothing where the log has any event")
      .option("--lenient", "leave out what cannot be read, instead of stopping before anything is sent")
      .option("--dry-run", "say what would be sent, and send nothing")
      .option("--prefix <word>", "begins every id, so that several worlds can live side by side; circle or diku without it"),
  async run(call) {
    const read = toImport(call);
    const { phases } = read;
    if (call.print.format === "table") list(call.notes, read.warnings);
    if (call.options.dryRun === true) return printPlan(call, read);
    const result = await send(call, phases);
    if (result === undefined) return printNotEmpty(call);
    await printResult(call, result, read);
    if (call.print.format === "table" && isNothingNew(result)) call.notes.note("nothing was new: all of it was in the world already");
    if (call.print.format === "table") tellWhoHasNoPassword(call.notes, phases);
    throwUnlessComplete(result);
  },
});

function toImport({ args: [path], options, io, notes }: Call<Options>): ToImport {
  const { lenient = false, prefix, starter = false } = options;
  if (starter === (path !== undefined)) throw new UsageError("give either a path or --starter");
  if (path === undefined) {
    if (prefix !== undefined) throw new UsageError("the starter world has ids of its own: leave out --prefix");
    return ofPhases(starterWorld());
  }
  const whole = resolve(io.pathsFrom, path);
  notes.progress(`reading ${whole}`);
  try {
    return readImport(whole, { lenient, prefix });
  } finally {
    notes.clear();
  }
}

/** Undefined where nothing was to be done, as the world is not empty. */
async function send(call: Call<Options>, phases: readonly Phase[]): Promise<ImportResult | undefined> {
  const use = async ({ operations }: Parameters<Parameters<typeof withWorld>[1]>[0]): Promise<ImportResult | undefined> => {
    const { head } = await operations.worldStats();
    if (call.options.ifEmpty === true && head > 0) return undefined;
    return runImport({
      phases,
      head,
      send: async (commands) => operations.sendCommands(commands),
      onProgress: (progress) => call.notes.progress(progressLine(progress)),
      signal: call.io.signal,
    });
  };
  try {
    return await withWorld(call, use, { make: true });
  } finally {
    call.notes.clear();
  }
}

const shownWarnings = 20;

function list(notes: Notes, warnings: readonly string[]): void {
  for (const warning of warnings.slice(0, shownWarnings)) notes.warn(warning);
  if (warnings.length > shownWarnings) notes.note(`… and ${warnings.length - shownWarnings} more warnings; --output json has them all`);
}

async function printPlan(call: Call, { phases, warnings, records }: ToImport): Promise<void> {
  const planned = phases.map(({ name, commands }) => ({ name, total: commands.length }));
  if (call.print.format === "json") return call.print.one({ dryRun: true, records, phases: planned, warnings }, []);
  await call.print.list(planned, [
    { title: "phase", value: ({ name }) => name },
    { title: "to send", value: ({ total }) => total },
  ]);
  call.notes.note("nothing was sent");
}

async function printNotEmpty(call: Call): Promise<void> {
  if (call.print.format === "json") return call.print.one({ ended: "not_empty", phases: [], problems: [], moreProblems: 0 }, []);
  call.notes.note("nothing was sent: the world is not empty");
}

async function printResult(call: Call, result: ImportResult, { warnings, records }: ToImport): Promise<void> {
  if (call.print.format === "json") return call.print.one({ ...result, records, warnings }, []);
  await call.print.list(result.phases, [
    { title: "phase", value: ({ name }) => name },
    { title: "commands", value: ({ total }) => total },
    { title: "done", value: ({ accepted }) => accepted },
    { title: "there already", value: ({ alreadyThere }) => alreadyThere },
    { title: "refused", value: ({ refused }) => refused },
  ]);
  for (const { message } of result.problems) call.notes.note(message);
  if (result.moreProblems > 0) call.notes.note(`… and ${result.moreProblems} more`);
}

/** Of players in a world export. Those who were given one since are told as well: nothing but the world's keys can tell. */
function tellWhoHasNoPassword(notes: Notes, phases: readonly Phase[]): void {
  const players = phases.flatMap(({ commands }) => commands).filter(({ command: { type } }) => type === "CreatePlayer");
  const [first] = players;
  if (first === undefined) return;
  const who = players.length === 1 ? "1 player comes" : `${players.length} players come`;
  notes.note(`${who} without a password, and cannot log in before getting one: ${typed(`password set ${pathOf(first.command.target)}`)}`);
}

const isNothingNew = ({ ended, phases, problems }: ImportResult): boolean =>
  ended === "complete" && problems.length === 0 && phases.every(({ accepted }) => accepted === 0);

function throwUnlessComplete({ ended, problems, moreProblems }: ImportResult): void {
  const count = problems.length + moreProblems;
  if (ended === "aborted") throw new CliError("import_incomplete", "the import was interrupted: run it again to go on");
  if (ended === "gave_up")
    throw new CliError("import_incomplete", "the world gave no more answers: see to it, then run the import again to go on");
  if (count > 0)
    throw new CliError(
      "import_refused",
      `${count} ${count === 1 ? "command was" : "commands were"} refused, as listed above; everything else is done`,
    );
}
