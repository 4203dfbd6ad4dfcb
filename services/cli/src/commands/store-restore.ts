import { resolve } from "node:path";
import { restoreWorld } from "@aethyr/embedded";
import { copiedRows, copyProgress, copySummary } from "../store/copied-log.ts";
import { verb } from "../verb.ts";

export const storeRestore = verb({
  name: "restore",
  summary: "puts a back-up into a data folder that has no log",
  details:
    "Verifies it before the folder has it. A log that is there is never overwritten: move its folder, events, away first. Put back the folder keys, too, from where you keep it, before the world starts.",
  examples: [
    ["store restore ./events.backup", "into the configured data folder"],
    ["store restore ./events.backup --data-folder ./another", "into another one, which is made"],
  ],
  define: (command) => command.argument("<file>", "what store backup has made"),
  async run(call) {
    const file = resolve(call.io.pathsFrom, call.args[0] ?? "");
    const { config } = call.config();
    const copied = await restoreWorld(config, file, copyProgress(call)).finally(() => call.notes.clear());
    await call.print.one({ folder: config.data, ...copySummary(copied) }, [["folder", config.data], ...copiedRows(copied)]);
    if (call.print.format === "table")
      call.notes.note("put back the folder keys as well, before the world starts: without it, sealed values stay unreadable");
  },
});
