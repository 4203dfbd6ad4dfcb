import { renameWorld, type Renamed } from "@aethyr/cluster";
import { typed } from "../how-to-type.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";
import { showChange } from "../world/show-change.ts";

export const worldRename = verb<{ readonly dryRun?: true }>({
  name: "rename",
  summary: "gives a stopped world of a cluster another name",
  details:
    "For a cluster whose processes are all stopped, with the configuration of a host, and as a user of NATS who may do what hosts may in both worlds. The log stays as and where it is: no name of a world is in it. What NATS has moves: the keys of what is sealed, commands that wait, dead letters; the feed is filled from the log by the relay. Nobody goes on under the old name. Safe to interrupt and to run again: it goes on where it was.",
  examples: [
    ["world rename midgaard --dry-run", "looks whether it can be done, and changes nothing"],
    ["world rename midgaard", "does it"],
  ],
  define: (command) =>
    command
      .argument("<name>", "1–32 characters of a–z 0–9 -; no world of this NATS has or had it")
      .option("--dry-run", "say what would be done, and change nothing"),
  async run(call) {
    const [to = ""] = call.args;
    const { dryRun = false } = call.options;
    const report = await showChange(call, typed(`world rename ${to}`), (shown) =>
      renameWorld({ config: call.config().config, to, dryRun, ...shown }),
    );
    await call.print.one({ ...report, dryRun }, rowsOf(report, dryRun));
    if (call.print.format === "table") tell(call, report, dryRun);
  },
});

function rowsOf({ from, to, changed, waiting, keys, letters, carried, putAside }: Renamed, dryRun: boolean): readonly Row[] {
  if (!changed) return [["world", `${from} is called ${to} already: nothing to do`]];
  if (dryRun)
    return [
      ["world", from],
      ["would be", to],
      ["commands that wait", waiting],
    ];
  return [
    ["world", to],
    ["was", from],
    ["keys", keys],
    ["dead letters", letters],
    ["commands that waited", waiting],
    ["  carried over now", carried],
    ["  put aside", putAside],
  ];
}

function tell({ notes }: Call, { to, database, changed, resumed }: Renamed, dryRun: boolean): void {
  if (dryRun && changed)
    return notes.note(resumed ? "it was begun before, and would be finished; nothing was changed now" : "nothing was changed");
  notes.note(`start all processes with AETHYR_WORLD=${to} and AETHYR_IMMUDB_DATABASE=${database}, or say so in their configuration`);
}
