import { Option } from "commander";
import { wholeNumber } from "../arguments.ts";
import { CliError, UsageError } from "../errors.ts";
import { verb } from "../verb.ts";
import { beforeNewest } from "../world/before-newest.ts";
import { withWorld } from "../world/with-world.ts";
import { tailColumns } from "./event-columns.ts";

type Options = { readonly after?: number; readonly last: number; readonly follow?: true };

export const eventsTail = verb<Options>({
  name: "tail",
  summary: "lists the newest events of the world",
  details:
    "Ends with the newest, unless --follow goes on with what happens. A position is an event's place in the whole log; positions grow, with holes.",
  examples: [
    ["events tail", "the ten newest events"],
    ["events tail --follow", "these, and what happens from now on, until Ctrl-C"],
    ["events tail --after 0 --output ndjson", "the whole log, one JSON object a line"],
  ],
  define: (command) =>
    command
      .addOption(new Option("--after <position>", "only events after this position").argParser(wholeNumber(0)).conflicts("last"))
      .addOption(new Option("--last <n>", "begin with the newest n events").argParser(wholeNumber(0)).default(10))
      .option("-f, --follow", "go on with what happens, until Ctrl-C"),
  async run(call) {
    const { after, last, follow = false } = call.options;
    if (follow && call.print.format === "json") throw new UsageError("what has no end is no JSON array: use --output ndjson with --follow");
    await withWorld(call, async ({ operations, isRunning }) => {
      if (follow && !isRunning) {
        throw new CliError(
          "not_running",
          `the world is stopped, so nothing will happen: start it with "npx -y pnpm start", or leave out --follow`,
        );
      }
      const { signal } = call.io;
      const from = after ?? (await beforeNewest(operations, last, signal));
      await call.print.stream(operations.tailEvents({ after: from, follow, signal }), tailColumns);
      if (follow && !signal.aborted) throw new CliError("world_stopped", "the world has stopped: start it again, then follow it again");
    });
  },
});
