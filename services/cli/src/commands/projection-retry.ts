import { pathOf } from "@aethyr/kernel";
import { refArgument } from "../arguments.ts";
import { CliError } from "../errors.ts";
import { verb } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";

export const projectionRetry = verb<{ readonly aggregate?: string; readonly copy?: string }>({
  name: "retry",
  summary: "tries parked events again",
  details:
    "By a fresh copy, made from the log, that takes the place of the active one if any aggregate gets further; the copy before is kept until it is dropped. What fails stays parked. Does something once the handler is mended, or what it needs is there. Fails if any stay parked.",
  examples: [
    ["projection retry rooms", "all that this read model has parked"],
    ["projection retry rooms --aggregate room/hall", "told of one aggregate, nothing done where it has none parked"],
  ],
  define: (command) =>
    command
      .argument("<projection>", "such as rooms")
      .option("--aggregate <type/id>", "tell of this one only")
      .option("--copy <schema>", "the active one, for who wants to be sure that it still is"),
  async run(call) {
    const { aggregate, copy: schema } = call.options;
    const stream = aggregate === undefined ? undefined : pathOf(refArgument(aggregate));
    const retried = await withWorkingReadModels(call, async (readModels) =>
      readModels.retry(call.args[0] ?? "", { ...(stream === undefined ? {} : { stream }), ...(schema === undefined ? {} : { schema }) }),
    );
    await call.print.list(retried, [
      { title: "aggregate", value: (each) => each.stream },
      { title: "applied", value: ({ events }) => events },
      { title: "why not", value: ({ failure }) => failure?.message },
    ]);
    if (retried.length === 0 && call.print.format === "table") call.notes.note("no events are parked");
    const failed = retried.filter(({ failure }) => failure !== null).length;
    if (failed > 0) throw new CliError("still_parked", `the events of ${failed} of ${retried.length} aggregates stay parked`, { failed });
  },
});
