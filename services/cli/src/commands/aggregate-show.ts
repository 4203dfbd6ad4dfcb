import { pathOf, type Ref } from "@aethyr/kernel";
import type { AggregateState } from "@aethyr/operator";
import { Option } from "commander";
import { refArgument, time, wholeNumber } from "../arguments.ts";
import { fieldRows } from "../output/fields.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";
import { containerOf, findPlace, placeText, type Place } from "../world/find-place.ts";
import { notFound } from "../world/not-found.ts";
import type { OpenedOperations } from "../world/open-operations.ts";
import { askWorld } from "../world/with-world.ts";

type Options = { readonly atVersion?: number; readonly atTime?: string };

export const aggregateShow = verb<Options>({
  name: "show",
  summary: "shows one aggregate as its events made it",
  details:
    "Reads its history and replays it through its chart, and follows whatever holds it up to the room where it is now. Of a time it tells what was recorded until then, and where it was then. Fails if there is no such aggregate, or if it has not come to that version, or was not there at that time.",
  examples: [
    ["aggregate show room/hall", "as it is now"],
    ["aggregate show room/hall --at-time 2026-11-21T16:30", "as it was then (UTC, or with a zone; also a day, or -10m)"],
    ["aggregate show player/ann --output json", "everything, for a script"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "such as room/hall")
      .option("--at-version <n>", "the state after its n-th event instead of the newest", wholeNumber(1))
      .addOption(
        new Option("--at-time <t>", "the state at that time instead of the newest").argParser((text) => time(text)).conflicts("atVersion"),
      ),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const { state, places } = await askWorld(call, async (world) => stateAndPlaces(call, world, ref));
    const location = places?.map(({ isBearer: _, ...place }) => place);
    await call.print.one(location === undefined ? state : { ...state, location }, rowsOf(state, places));
  },
});

type Shown = { readonly state: AggregateState; /** Undefined: nothing that is anywhere. */ readonly places: readonly Place[] | undefined };

async function stateAndPlaces(call: Call<Options>, world: OpenedOperations, ref: Ref): Promise<Shown> {
  const { operations } = world;
  const { atVersion, atTime } = call.options;
  const state = await operations.showAggregate(ref, atVersion ?? atTime);
  if (state === undefined) throw await notFound(call, world, ref, atVersion ?? atTime);
  // Its holders have versions of their own: which of them belongs to one of its own, only a time tells.
  const isPlaced = atVersion === undefined && containerOf(state) !== undefined;
  return { state, places: isPlaced ? await findPlace(operations, state, atTime) : undefined };
}

function rowsOf({ ref, version, status, states, context, last }: AggregateState, places: Shown["places"]): readonly Row[] {
  return [
    ["aggregate", pathOf(ref)],
    ["version", version],
    ["state", `${typeof states === "string" ? states : JSON.stringify(states)}${status === "ended" ? " (ended)" : ""}`],
    ...(last === undefined
      ? []
      : ([
          ["last event", `${last.type}, ${last.time}`],
          ["by", last.meta.actor ?? "(nobody named)"],
          ["why", last.meta.causation ?? "(no cause named)"],
          ["story", last.meta.correlation],
          ["command", last.meta.command],
        ] satisfies Row[])),
    ...(places === undefined ? [] : ([["where", placeText(places)]] satisfies Row[])),
    ...fieldRows(context),
  ];
}
