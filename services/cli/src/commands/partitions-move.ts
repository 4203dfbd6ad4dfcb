import { numberArgument } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

export const partitionsMove = verb<{ readonly free?: true }>({
  name: "move",
  summary: "wishes a partition onto a host, or takes that wish back",
  details:
    "The host that has it finishes what it has taken and gives it away: commands wait for some milliseconds. The wish stays, also when the host goes and comes again; while it is away, another host has the partition.",
  examples: [
    ["partitions move 3 host-2", "partition 3 shall be at host-2"],
    ["partitions move 3 --free", "wherever its share of the world puts it"],
  ],
  define: (command) =>
    command
      .argument("<partition>", "its number, as `partitions list` tells it")
      .argument("[host]", "where it shall be")
      .option("--free", "take the wish back"),
  async run(call) {
    const partition = numberArgument(call.args[0], 0);
    const [, host] = call.args;
    const { free = false } = call.options;
    if (free === (host !== undefined)) throw new UsageError("name the host that the partition shall be at, or say --free");
    await withWorld(call, async ({ operations: { partitions } }) =>
      host === undefined ? partitions.free(partition) : partitions.move(partition, host),
    );
    await call.print.one({ partition, host: host ?? null }, [
      ["partition", partition],
      ["wished onto", host ?? "(no host)"],
    ]);
    if (call.print.format === "table") call.notes.note(`whether it is there: ${typed("partitions list")}`);
  },
});
