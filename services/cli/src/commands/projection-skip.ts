import { verb } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";

export const projectionSkip = verb<{ readonly reason: string; readonly copy?: string }>({
  name: "skip",
  summary: "leaves out the event that a read model is paused at, and lets it go on",
  details:
    "The tables are then not what the log makes them, which is why it needs a reason: that and the event are kept, see `projection parked`. Where the handler can be mended, mend it and use `projection resume`.",
  examples: [
    ["projection skip rooms --reason 'made by a test, ticket 12'", "goes on with the next event"],
    ["projection skip rooms --reason 'known' --copy rooms_v1_b2", "in a copy that is being made"],
  ],
  define: (command) =>
    command
      .argument("<projection>", "such as rooms")
      .requiredOption("--reason <text>", "why the event is left out")
      .option("--copy <schema>", "of this copy, instead of the active one"),
  async run(call) {
    const { reason, copy } = call.options;
    const skipped = await withWorkingReadModels(call, async (readModels) => readModels.skip(call.args[0] ?? "", reason, copy));
    await call.print.one(skipped, [
      ["copy", skipped.schema],
      ["skipped", skipped.type],
      ["aggregate", skipped.stream],
      ["version", skipped.version],
      ["position", skipped.position],
    ]);
  },
});
