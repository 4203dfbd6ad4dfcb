import { checkEvidence, parseCheckpoints, trustedPoint, type CheckedEvidence, type Checkpoint } from "@aethyr/proof";
import { CliError, UsageError } from "../errors.ts";
import { chartNote, evidenceRows, trustNote } from "../proof/evidence-rows.ts";
import { readNamed } from "../proof/read-text.ts";
import { replayEvidence } from "../proof/replay-evidence.ts";
import { verb, type Call } from "../verb.ts";

type Options = { readonly checkpoints?: string; readonly signingKey?: string };

export const evidenceCheck = verb<Options>({
  name: "check",
  summary: "checks what proves the history of an aggregate, without world, log or server",
  details:
    "The file is what aggregate verify --out has written. Give what you trust, or it only says that the file agrees with itself: checkpoints that you have kept, or the public key of the server. The events are replayed through the chart of their aggregate, too, if it is one of ours or of the modules that are configured or named with --modules.",
  examples: [
    ["evidence check hall.evidence.json --checkpoints mine.ndjson", "against checkpoints that you have kept"],
    ["evidence check hall.evidence.json --signing-key server.pem", "against the server's key"],
    ["evidence check hall.evidence.json --output json", "with the events, for a script"],
  ],
  define: (command) =>
    command
      .argument("<file>", "what aggregate verify --out has written")
      .option(
        "--checkpoints <file>",
        "checkpoints that you trust, one a line; the file must be tied to one of them, and must contradict none",
      )
      .option("--signing-key <file>", "public key that the log's state must be signed with, PEM"),
  async run(call) {
    const [file = ""] = call.args;
    const bundle = await readNamed(call, file);
    const checked = await check(call, bundle, file);
    const replayed = await replayEvidence(checked, call.config().config.modules);
    const { aggregate, trust, state } = checked;
    const states = replayed.states ?? null;
    await call.print.one(
      {
        verified: true,
        aggregate,
        versions: checked.events.length,
        states,
        log: state.database,
        tx: state.tx,
        trust,
        events: replayed.events,
      },
      evidenceRows(checked, replayed),
    );
    chartNote(call.notes, replayed);
    if (call.print.format === "table") trustNote(call.notes, checked, "neither --checkpoints nor --signing-key were given");
  },
});

async function check(call: Call<Options>, bundle: string, file: string): Promise<CheckedEvidence> {
  const { signingKey, checkpoints } = call.options;
  const trusted = checkpoints === undefined ? undefined : (await checkpointsIn(call, checkpoints)).map(trustedPoint);
  const checked = checkEvidence(bundle, {
    ...(signingKey !== undefined && { pinnedKey: await readNamed(call, signingKey) }),
    ...(trusted !== undefined && { trusted }),
  });
  if (checked.ok) return checked;
  throw refused(file, checked);
}

async function checkpointsIn(call: Call, file: string): Promise<readonly Checkpoint[]> {
  const parsed = parseCheckpoints(await readNamed(call, file));
  if (parsed.ok) return parsed.checkpoints;
  throw new UsageError(`${file} holds no checkpoints: ${parsed.message}`);
}

function refused(
  file: string,
  { rule, message, event }: { readonly rule: string; readonly message: string; readonly event?: number },
): CliError {
  const which = event === undefined ? "" : `, version ${event}`;
  return new CliError("evidence_refused", `${file} proves nothing${which}: ${message}`, { rule, event: event ?? null });
}
