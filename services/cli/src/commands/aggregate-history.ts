import { pathOf, type Ref } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";
import { refArgument, wholeNumber } from "../arguments.ts";
import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { containerOf } from "../world/find-place.ts";
import { notFound } from "../world/not-found.ts";
import { readHistory, type HistoryWish } from "../world/read-history.ts";
import { askWorld } from "../world/with-world.ts";
import { historyColumns } from "./event-columns.ts";

export const aggregateHistory = verb<HistoryWish & { readonly story?: string }>({
  name: "history",
  summary: "lists the events of one aggregate",
  details:
    "All of them, the oldest first: when, what, by whom, why (what the sender gave as the cause), and in which story (the command, or message, that began it all, where that is another one). Fails if there is no such aggregate.",
  examples: [
    ["aggregate history room/hall", "how it came to be what it is"],
    ["aggregate history room/hall --story make-hall", "only what belongs to one story"],
    ["aggregate history room/hall --output ndjson", "one JSON object a line"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "such as room/hall")
      .option("--limit <n>", "at most so many events", wholeNumber(1))
      .option("--backward", "the newest first")
      .option("--story <id>", "only events of this story, which is their correlation"),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const { events, holder } = await askWorld(call, async (world) => {
      const read = await readHistory(world.operations, ref, call.options);
      if (read.length === 0 && (await world.operations.history(ref, { limit: 1 })).length === 0) throw await notFound(call, world, ref);
      return { events: read, holder: call.print.format === "table" ? await holderOf(world.operations, ref) : undefined };
    });
    await call.print.list(events, historyColumns);
    if (events.length === 0) call.notes.note(`${pathOf(ref)} has no part in ${call.options.story ?? "it"}`);
    if (holder !== undefined) {
      const line = typed(`aggregate history ${pathOf(holder)}`);
      call.notes.note(`wielding and taking off is in the history of ${pathOf(holder)}, which has it now: ${line}`);
    }
  },
});

/** Who or what has a thing: it records what it wears, so that part of the thing's story is there. Rooms wear nothing. */
async function holderOf({ showAggregate }: Pick<Operations, "showAggregate">, ref: Ref): Promise<Ref | undefined> {
  const thing = await showAggregate(ref);
  const holder = thing === undefined ? undefined : containerOf(thing);
  return holder?.type === "room" ? undefined : holder;
}
