import { pathOf } from "@aethyr/kernel";
import type { EventNote, Holding } from "@aethyr/operator";
import { refArgument } from "../arguments.ts";
import { CliError } from "../errors.ts";
import type { Column } from "../output/table.ts";
import { verb } from "../verb.ts";
import { notFound } from "../world/not-found.ts";
import { askWorld } from "../world/with-world.ts";
import { shortened, shortTime } from "./event-columns.ts";

/** A line of the story: who had it, or as what it was worn there. */
type Row = { readonly where: string; readonly from: EventNote; readonly to: EventNote | undefined };

export const aggregateCustody = verb({
  name: "custody",
  summary: "lists who had a thing from when to when, and by which commands",
  details:
    "Told from the log alone. Where a thing is, its own events say; when it was worn there, the events of whoever had it, of which only those of that time are read. Rooms, players and things are holders alike. Each line names who and what began it.",
  examples: [
    ["aggregate custody game-object/sword", "its whole story"],
    ["aggregate custody game-object/sword --output json", "with every event that began and ended a part of it"],
  ],
  define: (command) => command.argument("<type/id>", "such as game-object/sword"),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const custody = await askWorld(call, async (world) => {
      const found = await world.operations.custody(ref);
      if (found !== undefined) return found;
      if ((await world.operations.showAggregate(ref)) === undefined) throw await notFound(call, world, ref);
      throw new CliError("not_found", `${pathOf(ref)} is nothing that anybody has: ask about a thing or a player`, {
        aggregate: pathOf(ref),
      });
    });
    if (call.print.format === "table") {
      await call.print.list(custody.holdings.flatMap(rowsOf), columns);
      if (custody.ended) call.notes.note(`${pathOf(ref)} was deleted`);
    } else if (call.print.format === "json") await call.print.one(custody, []);
    else await call.print.list(custody.holdings, []);
  },
});

const rowsOf = ({ holder, from, to, worn }: Holding): readonly Row[] => [
  { where: holder === null ? "(nowhere)" : pathOf(holder), from, to },
  ...worn.map((period) => ({ where: `  worn as ${period.slot}`, from: period.from, to: period.to })),
];

const columns: readonly Column<Row>[] = [
  { title: "holder", value: ({ where }) => where },
  { title: "from", value: ({ from }) => from.time, short: shortTime },
  { title: "until", value: ({ to }) => to?.time ?? "now", short: shortTime },
  { title: "event", value: ({ from }) => from.type, below: 1 },
  { title: "by", value: ({ from }) => from.meta.actor ?? "", below: 4 },
  { title: "why", value: ({ from }) => from.meta.causation ?? "", most: 40, shrinks: true, below: 2 },
  { title: "command", value: ({ from }) => shortened(from.meta.command), below: 3 },
];
