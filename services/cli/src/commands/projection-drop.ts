import { verb } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";

export const projectionDrop = verb({
  name: "drop",
  summary: "removes a copy of a read model that is not the active one",
  details: "With all its tables. Nothing is lost by it: every copy can be made again from the log.",
  examples: [
    ["projection drop rooms rooms_v1", "the copy that was active before a rebuild"],
    ["projection drop rooms rooms_v1_b3 --output json", "for a script"],
  ],
  define: (command) =>
    command.argument("<projection>", "such as rooms").argument("<copy>", "its schema, such as rooms_v1: see `projection list`"),
  async run(call) {
    const [projection = "", schema = ""] = call.args;
    await withWorkingReadModels(call, async (readModels) => readModels.drop(projection, schema));
    await call.print.one({ projection, dropped: schema }, [["dropped", schema]]);
  },
});
