import { resizeWorld, type Resized } from "@aethyr/cluster";
import { numberArgument } from "../arguments.ts";
import { typed } from "../how-to-type.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";
import { showChange } from "../world/show-change.ts";

export const partitionsResize = verb<{ readonly dryRun?: true }>({
  name: "resize",
  summary: "divides a stopped world into another number of partitions",
  details:
    "For a cluster whose hosts are all stopped, with the configuration of a host. Commands that wait on the queue lane are carried over; until it is done senders are told that nobody is there. No host of before can write the log any more, also one that was asleep meanwhile. Safe to interrupt and to run again: it goes on where it was. Afterwards start the hosts with the new number.",
  examples: [
    ["partitions resize 64 --dry-run", "looks whether it can be done, and changes nothing"],
    ["partitions resize 64", "does it"],
  ],
  define: (command) =>
    command
      .argument("<partitions>", "how many, 1 to 512; several for each host that there will ever be")
      .option("--dry-run", "say what would be done, and change nothing"),
  async run(call) {
    const partitions = numberArgument(call.args[0]);
    const { dryRun = false } = call.options;
    const report = await showChange(call, typed(`partitions resize ${partitions}`), (shown) =>
      resizeWorld({ config: call.config().config, partitions, dryRun, ...shown }),
    );
    await call.print.one({ ...report, dryRun }, rowsOf(report, dryRun));
    if (call.print.format === "table") tell(call, report, dryRun);
  },
});

function rowsOf({ from, to, mapEpoch, waiting, carried, putAside, changed }: Resized, dryRun: boolean): readonly Row[] {
  if (!changed) return [["partitions", `${to} already: nothing to do`]];
  return [
    ["partitions", dryRun ? from : to],
    [dryRun ? "would have" : "had", dryRun ? to : from],
    ["map", mapEpoch],
    ["commands that wait", waiting],
    ...(dryRun
      ? []
      : ([
          ["  carried over now", carried],
          ["  put aside", putAside],
        ] as const)),
  ];
}

function tell({ notes }: Call, { to, resumed, changed, putAside }: Resized, dryRun: boolean): void {
  if (!changed) return;
  if (dryRun) return notes.note(resumed ? "it was begun before, and would be finished; nothing was changed now" : "nothing was changed");
  if (putAside > 0) notes.warn(`${putAside} commands could not be carried over: see ${typed("deadletter list")} when the world runs`);
  notes.note(`start the hosts with AETHYR_PLACEMENT_PARTITIONS=${to}, or say so in their configuration`);
}
