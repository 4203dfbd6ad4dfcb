import { typed } from "../how-to-type.ts";
import { verb } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";

export const projectionResume = verb({
  name: "resume",
  summary: "lets a read model that is paused try again",
  details: "Once what it stopped at is mended. A start of the world does the same for all of them.",
  examples: [
    ["projection resume rooms", "goes on with the event that it stopped at"],
    ["projection resume rooms --output json", "for a script"],
  ],
  define: (command) => command.argument("<projection>", "such as rooms"),
  async run(call) {
    const [projection = ""] = call.args;
    await withWorkingReadModels(call, async (readModels) => readModels.resume(projection));
    await call.print.one({ projection, resumed: true }, [["resumed", projection]]);
    call.notes.note(`whether it goes on is in the list: ${typed("projection list")}`);
  },
});
