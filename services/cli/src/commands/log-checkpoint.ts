import { checkpointFile, openCheckpointer } from "@aethyr/process";
import type { Checkpoint } from "@aethyr/proof";
import { CliError } from "../errors.ts";
import type { Row } from "../output/rows.ts";
import { withLog } from "../proof/with-log.ts";
import { verb } from "../verb.ts";

export const logCheckpoint = verb({
  name: "checkpoint",
  summary: "writes down where the log is, so that later changes of it can be found",
  details:
    "Adds a line to the file of checkpoints, once it is proven that the log goes on from the last one, and shows it. Keep lines where whoever can write the log cannot write: on paper, in a mail, in somebody else's repository. A running world makes them by itself, see `checkpoints` in the configuration.",
  examples: [
    ["log checkpoint", "one line more in the file"],
    ["log checkpoint --output ndjson", "the same line on standard output, to be kept elsewhere"],
  ],
  async run(call) {
    const { config } = call.config();
    const file = checkpointFile(config);
    await withLog(call, async ({ proof }) => {
      const { database } = await proof.state();
      const checkpointer = await openCheckpointer(config, proof, 1);
      const advanced = await checkpointer.advance();
      if (!advanced.ok)
        throw new CliError(
          "log_refused",
          `no checkpoint is made, as the log is not what it was: ${advanced.message}; log verify tells more`,
          { database, rule: advanced.rule },
        );
      const last = checkpointer.last();
      if (last === undefined)
        throw new CliError("log_empty", "the log has no transactions yet: there is nothing to write down", { database });
      await call.print.one(last, rowsOf(last));
      if (call.print.format !== "table") return;
      call.notes.note(advanced.checkpoint === undefined ? `the log has not grown since this one, which is in ${file}` : `added to ${file}`);
    });
  },
});

const rowsOf = ({ database, tx, hash, signature, time }: Checkpoint): readonly Row[] => [
  ["log", database],
  ["transaction", tx],
  ["hash", hash],
  ["signature", signature ?? "(the server does not sign)"],
  ["time", time],
];
