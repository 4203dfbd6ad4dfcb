import { pathOf, type Ref } from "@aethyr/kernel";
import type { AggregateState } from "@aethyr/operator";
import { refArgument, wholeNumber } from "../arguments.ts";
import { fieldRows } from "../output/fields.ts";
import type { Row } from "../output/printer.ts";
import { verb, type Call } from "../verb.ts";
import { containerOf, findPlace, placeText, type Place } from "../world/find-place.ts";
import { notFound } from "../world/not-found.ts";
import type { OpenedOperations } from "../world/open-operations.ts";
import { askWorld } from "../world/with-world.ts";

export const aggregateShow = verb<{ readonly atVersion?: number }>({
  name: "show",
  summary: "shows one aggregate as its events made it",
  details:
    "Reads its history and replays it through its chart, and follows whatever holds it up to the room where it is now. Fails if there is no such aggregate, or if it has no such version.",
  examples: [
    ["aggregate show room/hall", "as it is now"],
    ["aggregate show room/hall --at-version 1", "as it was after its first event"],
    ["aggregate show player/ann --output json", "everything, for a script"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "such as room/hall")
      .option("--at-version <n>", "the state after its n-th event instead of the newest", wholeNumber(1)),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const { state, places } = await askWorld(call, async (world) => stateAndPlaces(call, world, ref, call.options.atVersion));
    const location = places?.map(({ isBearer: _, ...place }) => place);
    await call.print.one(location === undefined ? state : { ...state, location }, rowsOf(state, places));
  },
});

type Shown = { readonly state: AggregateState; /** Undefined: nothing that is anywhere. */ readonly places: readonly Place[] | undefined };

async function stateAndPlaces(call: Call, world: OpenedOperations, ref: Ref, atVersion: number | undefined): Promise<Shown> {
  const { operations } = world;
  const state = await operations.showAggregate(ref, atVersion);
  if (state === undefined) throw await notFound(call, world, ref, atVersion);
  // The holders are as they are now: of the past they would tell nothing true.
  const isPlaced = atVersion === undefined && containerOf(state) !== undefined;
  return { state, places: isPlaced ? await findPlace(operations, state) : undefined };
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
          ["command", last.meta.command],
        ] satisfies Row[])),
    ...(places === undefined ? [] : ([["where", placeText(places)]] satisfies Row[])),
    ...fieldRows(context),
  ];
}
