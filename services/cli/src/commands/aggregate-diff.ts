import { pathOf, type Json } from "@aethyr/kernel";
import type { AggregateDiff, FieldChange, Moment } from "@aethyr/operator";
import { moment, momentText, refArgument } from "../arguments.ts";
import { write } from "../io.ts";
import type { Column } from "../output/table.ts";
import { verb } from "../verb.ts";
import { notFound } from "../world/not-found.ts";
import { askWorld } from "../world/with-world.ts";
import { noteColumns } from "./event-columns.ts";

type Options = { readonly from: Moment; readonly to?: Moment };

export const aggregateDiff = verb<Options>({
  name: "diff",
  summary: "tells what changed between two moments of one aggregate, and by what",
  details:
    "A moment is a version (0 is before its first event) or a time, as for `aggregate show`; without --to the later one is now. Every field that differs is named with both values and the versions whose events changed it; then come all events in between, with who and why. In JSON, `path` is a JSON Pointer into what `aggregate show` gives, and lists are given whole; in the table, of a list only what went (-) and what came (+).",
  examples: [
    ["aggregate diff room/hall --from 1 --to 4", "between two versions"],
    ["aggregate diff player/ann --from -1h", "what the last hour did"],
    ["aggregate diff room/hall --from 2026-11-20 --to 2026-11-21 --output json", "exactly, for a script"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "such as room/hall")
      .requiredOption("--from <moment>", "version or time that it is compared with", moment(0))
      .option("--to <moment>", "version or time that is compared; now without it", moment(1)),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const { from, to } = call.options;
    const diff = await askWorld(call, async (world) => {
      const found = await world.operations.diffAggregate(ref, from, to);
      if (found !== undefined) return found;
      // Where it has come to the later moment, the earlier one is what is missing.
      const isLater = to !== undefined && (await world.operations.showAggregate(ref, to)) === undefined;
      throw await notFound(call, world, ref, isLater ? to : from);
    });
    if (call.print.format !== "table") return call.print.one(diff, []);
    if (diff.changes.length === 0) call.notes.note(nothing(diff, from, to));
    await call.print.list(diff.changes, changeColumns);
    if (diff.changes.length > 0 && diff.events.length > 0) await write(call.io.stdout, "\n");
    await call.print.list(diff.events, noteColumns);
  },
});

function nothing({ ref, from, to, events }: AggregateDiff, earlier: Moment, later: Moment | undefined): string {
  if (from === to)
    return `nothing happened to ${pathOf(ref)} between ${momentText(earlier)} and ${later === undefined ? "now" : momentText(later)}`;
  return `version ${from} and version ${to} of ${pathOf(ref)} are the same, in spite of ${events.length} events`;
}

const changeColumns: readonly Column<FieldChange>[] = [
  { title: "field", value: ({ path }) => fieldOf(path) },
  { title: "before", value: ({ before, after }) => sideOf(before, after, "-"), most: 80, shrinks: true },
  { title: "after", value: ({ before, after }) => sideOf(after, before, "+"), most: 80, shrinks: true },
  { title: "by version", value: ({ by }) => versionsText(by) },
];

const shownVersions = 5;

/** The last few, if there are many. */
const versionsText = (by: readonly number[]): string =>
  by.length <= shownVersions ? by.join(", ") : `… ${by.slice(-shownVersions).join(", ")}`;

/** `/context/exits/north` as a person says it: `exits north`. */
function fieldOf(pointer: string): string {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const [first, ...inner] = names;
  if (first === "states") return ["state", ...inner].join(" ");
  return first === "context" && inner.length > 0 ? inner.join(" ") : names.join(" ");
}

function sideOf(value: Json | undefined, other: Json | undefined, sign: "-" | "+"): string {
  if (value === undefined) return "(none)";
  if (!isList(value) || !isList(other)) return textOf(value);
  const there = new Set(other.map((each) => JSON.stringify(each)));
  const only = value.filter((each) => !there.has(JSON.stringify(each)));
  // What only changed its order, or how often it is there, is told by nothing less than the whole.
  const isMoved = only.length === 0 && value.length >= other.length;
  return isMoved ? textOf(value) : only.map((each) => `${sign}${textOf(each)}`).join(" ");
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const textOf = (value: Json): string => (typeof value === "string" ? (value === "" ? '""' : value) : JSON.stringify(value));
