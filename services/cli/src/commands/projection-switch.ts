import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";

export const projectionSwitch = verb<{ readonly evenIfBehind?: true }>({
  name: "switch",
  summary: "gives the plain table names of a read model to another copy of it",
  details:
    "In one transaction: nobody sees half of it. The copy that was active is kept, and stands still. Whoever goes back to it says so: what has happened since then comes into it a moment later.",
  examples: [
    ["projection switch rooms rooms_v1_b2", "to a copy that was kept"],
    ["projection switch rooms rooms_v1 --even-if-behind", "and back"],
  ],
  define: (command) =>
    command
      .argument("<projection>", "such as rooms")
      .argument("<copy>", "its schema, such as rooms_v1_b2: see `projection list`")
      .option("--even-if-behind", "also to a copy that has not passed all that the active one has"),
  async run(call) {
    const [projection = "", schema = ""] = call.args;
    await withWorkingReadModels(call, async (readModels) =>
      readModels.switchTo(projection, schema, { evenIfBehind: call.options.evenIfBehind === true }),
    );
    await call.print.one({ projection, active: schema }, [["active", schema]]);
    call.notes.note(`copies that are needed no more can be removed: ${typed("projection drop --help")}`);
  },
});
