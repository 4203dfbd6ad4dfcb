import type { CopyStatus, ProjectionStatus } from "@aethyr/operator";
import type { Column } from "../output/table.ts";
import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

/** A line: a copy of a projection, or a projection that has none yet. */
type Row = { readonly projection: string; readonly copy: CopyStatus | undefined };

export const projectionList = verb({
  name: "list",
  summary: "lists the read models with their copies: how far each is, how far behind, and what it is paused at",
  details:
    "The active copy of a projection is the one whose tables have plain names; others are being made, are the world as it was, or were active before. A copy lags by so many events, the newest that it has being so many seconds old.",
  examples: [
    ["projection list", "every read model"],
    ["projection list --output json", "all that is known of them, for a script"],
  ],
  async run(call) {
    const { projections, isRunning } = await askWorld(call, async ({ operations, isRunning: runs }) => {
      // Nothing is replayed: what takes a second is the start of a whole PostgreSQL for one question.
      if (!runs) call.notes.progress("starting the database of the read models, to ask it");
      const list = await operations.readModels.list().finally(() => call.notes.clear());
      return { projections: list, isRunning: runs };
    });
    if (call.print.format !== "table") {
      await call.print.list(projections, []);
      return;
    }
    await call.print.list(projections.flatMap(rowsOf), columns);
    if (!isRunning) call.notes.note("the world is stopped: nobody works on them");
    for (const { projection, problem, copies } of projections) {
      if (problem !== undefined) call.notes.warn(`${projection} does not go on: ${problem.message} (${problem.code})`);
      for (const { schema, failure } of copies)
        if (failure !== null) call.notes.warn(`${schema} is paused: ${failure.message} (${failure.code})`);
    }
  },
});

const rowsOf = ({ projection, copies }: ProjectionStatus): readonly Row[] =>
  copies.length === 0 ? [{ projection, copy: undefined }] : copies.map((copy) => ({ projection, copy }));

const columns: readonly Column<Row>[] = [
  { title: "projection", value: ({ projection }) => projection },
  { title: "copy", value: ({ copy }) => copy?.schema ?? "(not made yet)" },
  { title: "state", value: ({ copy }) => copy && (copy.failure === null ? copy.state : "paused") },
  { title: "position", value: ({ copy }) => copy?.position },
  { title: "events", value: ({ copy }) => copy?.events },
  { title: "behind", value: ({ copy }) => copy && behind(copy) },
  { title: "events/s", value: ({ copy }) => (copy?.lagEvents === 0 ? undefined : rounded(copy?.eventsPerSecond)) },
  { title: "left", value: ({ copy }) => (copy?.etaSeconds && isFollowed(copy) ? `${Math.ceil(copy.etaSeconds)} s` : undefined) },
  { title: "parked", value: ({ copy }) => copy?.putAside },
];

/** What is not followed any more is behind nothing. */
const isFollowed = ({ state }: CopyStatus): boolean => state === "active" || state === "building";
const behind = (copy: CopyStatus): string | undefined =>
  isFollowed(copy) ? (copy.lagEvents === 0 ? "0" : `${copy.lagEvents} (${Math.ceil(copy.lagSeconds)} s)`) : undefined;
const rounded = (value: number | undefined): number | undefined => value && Math.round(value);
