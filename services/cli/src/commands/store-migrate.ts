import { resolve } from "node:path";
import { migrateWorld, placeOfEnd, wasMoved, type MigrateWorldOptions, type MigrationEnd, type WorldMigration } from "@aethyr/embedded";
import { loadDomain } from "@aethyr/process";
import { CliError, InterruptedError, UsageError } from "../errors.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";

type Options = { readonly from?: string; readonly to?: string };

export const storeMigrate = verb<Options>({
  name: "migrate",
  summary: "copies the log to another engine, and compares the two",
  details:
    "Between sqlite, which is the data folder's own or that of another folder, and immudb, which is the configured one. Stop the world before. Safe to interrupt and to run again: it goes on where it was, and does nothing where the world has moved. Afterwards both are read in full, and every aggregate's state is computed from both. Where it was the world's own log, the world is on the other engine from then on; the old log stays as it is.",
  examples: [
    ["store migrate --from sqlite --to immudb", "moves the world of this data folder"],
    ["store migrate --from immudb --to sqlite", "and back"],
    ["store migrate --from immudb --to sqlite:./copy", "copies it into another folder; the world stays where it is"],
  ],
  define: (command) =>
    command.requiredOption("--from <engine>", "sqlite, sqlite:FOLDER or immudb").requiredOption("--to <engine>", "the same"),
  async run(call) {
    const { config } = call.config();
    const from = endOf(call, "--from", call.options.from);
    const to = endOf(call, "--to", call.options.to);
    if (placeOfEnd(from, config) === placeOfEnd(to, config))
      throw new UsageError(`--from and --to are the same: ${placeOfEnd(to, config)}`);
    if (await wasMoved({ config, from, to })) {
      await call.print.one({ moved: false, store: to.kind }, [
        ["store", `the world in ${config.data} is in ${to.kind} already: nothing to do`],
      ]);
      return;
    }
    const domain = await loadDomain(config.modules);
    const report = await migrateWorld({
      config,
      from,
      to,
      domain,
      log: logTo(call),
      signal: call.io.signal,
      onProgress: ({ phase, done, position, head }) => {
        const share = head === 0 ? "" : `, ${Math.min(100, Math.floor((100 * position) / head))} %`;
        call.notes.progress(`${doing[phase]}: ${done}${share}`);
      },
    })
      .catch((error: unknown) => {
        if (!(error instanceof InterruptedError)) throw error;
        throw new CliError("migration_incomplete", "the migration was interrupted: run it again to go on", {}, { cause: error });
      })
      .finally(() => call.notes.clear());
    await call.print.one(report, rowsOf(report));
    if (call.print.format === "table" && report.moved)
      call.notes.note(`the world is in ${to.kind} now: start it with AETHYR_STORE=${to.kind}, or say so in the configuration`);
  },
});

/** What the stores have to say is for whoever migrates: nobody else reads it. */
function logTo({ notes }: Call): MigrateWorldOptions["log"] {
  const warn = (fields: object, message: string): void =>
    notes.warn(Object.keys(fields).length === 0 ? message : `${message}: ${JSON.stringify(fields)}; see aethyr store quarantine`);
  return { info: () => undefined, warn: (_, message) => notes.warn(message), error: warn };
}

const doing = {
  compare: "comparing, events",
  copy: "copying, events",
  verify: "comparing again, events",
  streams: "computing states, aggregates",
};

function endOf({ io }: Call, option: string, text = ""): MigrationEnd {
  if (text === "immudb") return { kind: "immudb" };
  if (text === "sqlite") return { kind: "sqlite" };
  const folder = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : "";
  if (folder !== "") return { kind: "sqlite", directory: resolve(io.pathsFrom, folder) };
  throw new UsageError(`${option} cannot be "${text}": write sqlite, sqlite:FOLDER or immudb`);
}

const rowsOf = ({ events, copied, streams, endedStreams, commands, sha256, states }: WorldMigration): readonly Row[] => [
  ["events", events],
  ["  copied now", copied],
  ["aggregates", streams],
  ["  ended", endedStreams],
  ["commands", commands],
  ["hash of the events", `${sha256}, the same in both`],
  ["hash of the states", states === undefined ? "(not computed)" : `${states}, the same from both`],
];
