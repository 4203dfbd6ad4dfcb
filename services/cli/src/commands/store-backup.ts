import { resolve } from "node:path";
import { backUpWorld } from "@aethyr/embedded";
import { CliError } from "../errors.ts";
import { copiedRows, copyProgress, copySummary } from "../store/copied-log.ts";
import { verb } from "../verb.ts";

export const storeBackup = verb({
  name: "backup",
  summary: "copies the log of a world in SQLite into one file, and verifies the copy",
  details:
    "The world may be running. Only the log is in it: snapshots are a cache, and keys, without which sealed values stay unreadable, belong into another place, for as long as you must keep them. For ImmuDB see docs/operations.",
  examples: [
    ["store backup ./events.backup", "a new file"],
    ["store backup ./events.backup --output json", "with the checkpoint of what is in it, for a script"],
  ],
  define: (command) => command.argument("<file>", "a file that is not there yet"),
  async run(call) {
    const file = resolve(call.io.pathsFrom, call.args[0] ?? "");
    const { config } = call.config();
    if (config.store === "immudb")
      throw new CliError(
        "other_store",
        'the log of this world is in ImmuDB, which is backed up as a folder or with its own tools: see docs/operations/immudb.md, and for a cluster docs/operations/cluster.md, each under "Back up and restore"',
      );
    const copied = await backUpWorld(config, file, copyProgress(call)).finally(() => call.notes.clear());
    await call.print.one({ file, ...copySummary(copied) }, [["file", file], ...copiedRows(copied)]);
  },
});
