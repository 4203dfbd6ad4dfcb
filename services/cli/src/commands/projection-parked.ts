import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

export const projectionParked = verb({
  name: "parked",
  summary: "lists the events that read models have parked or skipped, and why",
  details: "A parked event waits to be tried again, with all later ones of its aggregate; a skipped one is left out for good.",
  examples: [
    ["projection parked", "of all read models"],
    ["projection parked rooms --output json", "of one, for a script"],
  ],
  define: (command) => command.argument("[projection]", "such as rooms"),
  async run(call) {
    const events = await askWorld(call, async ({ operations }) => operations.readModels.parked(call.args[0]));
    await call.print.list(events, [
      { title: "copy", value: ({ schema }) => schema },
      { title: "position", value: ({ position }) => position },
      { title: "kind", value: ({ kind }) => kind },
      { title: "aggregate", value: ({ stream }) => stream },
      { title: "version", value: ({ version }) => version },
      { title: "event", value: ({ type }) => type },
      { title: "since", value: ({ at }) => at },
      { title: "why", value: ({ reason }) => reason },
    ]);
    if (events.length === 0 && call.print.format === "table") call.notes.note("no events are parked or skipped");
  },
});
