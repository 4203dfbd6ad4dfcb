import { checkEvidence, EvidenceBundle, parseCheckpoints, pointOf, type CheckedEvidence, type CheckEvidenceOptions } from "@aethyr/proof";
import { resolve } from "node:path";
import { CliError, UsageError } from "../errors.ts";
import { evidenceRows, trustNote } from "../proof/evidence-rows.ts";
import { readNamed } from "../proof/read-text.ts";
import { replayEvidence } from "../proof/replay-evidence.ts";
import { verb, type Call } from "../verb.ts";

type Options = { readonly checkpoints?: string; readonly signingKey?: string };

export const evidenceCheck = verb<Options>({
  name: "check",
  summary: "checks what proves the history of an aggregate, without world, log or server",
  details:
    "The file is what aggregate verify --out has written. Give what you trust, or it only says that the file agrees with itself: checkpoints that you have kept, or the public key of the server. The events are replayed through the chart of their aggregate, too.",
  examples: [
    ["evidence check hall.evidence.json --checkpoints mine.ndjson", "against checkpoints that you have kept"],
    ["evidence check hall.evidence.json --signing-key server.pem", "against the server's key"],
    ["evidence check hall.evidence.json --output json", "with the events, for a script"],
  ],
  define: (command) =>
    command
      .argument("<file>", "what aggregate verify --out has written")
      .option("--checkpoints <file>", "checkpoints that you trust, one a line; the last that the file is tied to counts")
      .option("--signing-key <file>", "public key that the log's state must be signed with, PEM"),
  async run(call) {
    const [file = ""] = call.args;
    const bundle = await readNamed(call, file);
    const checked = await check(call, bundle, file);
    const modules = (call.options.modules ?? "").split(",").filter((module) => module !== "");
    const replayed = await replayEvidence(
      checked,
      modules.map((module) => resolve(call.io.pathsFrom, module.trim())),
    );
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
    if (call.print.format === "table") trustNote(call.notes, checked, "neither --checkpoints nor --signing-key were given");
  },
});

async function check(call: Call<Options>, bundle: string, file: string): Promise<CheckedEvidence> {
  const { signingKey, checkpoints } = call.options;
  const pinned: CheckEvidenceOptions = signingKey === undefined ? {} : { pinnedKey: await readNamed(call, signingKey) };
  const alone = checkEvidence(bundle, pinned);
  if (!alone.ok) throw refused(file, alone);
  if (checkpoints === undefined) return alone;
  const parsed = parseCheckpoints(await readNamed(call, checkpoints));
  if (!parsed.ok) throw new UsageError(`${checkpoints} holds no checkpoints: ${parsed.message}`);
  const tied = tiedTo(bundle);
  const point = parsed.checkpoints.findLast(({ database, tx }) => database === alone.state.database && tied.has(tx));
  if (point !== undefined) {
    const checked = checkEvidence(bundle, { ...pinned, trusted: { ...pointOf(point), database: point.database } });
    if (checked.ok) return checked;
    throw refused(file, checked);
  }
  throw new CliError(
    "evidence_refused",
    `${file} is tied to none of the checkpoints in ${checkpoints}: have it made with them, by aggregate verify --checkpoints`,
    { rule: "untrusted" },
  );
}

/** Transactions that a bundle, which was found to be one, says something about. */
function tiedTo(bundle: string): ReadonlySet<number> {
  const { trusted, anchors } = EvidenceBundle.parse(JSON.parse(bundle));
  return new Set([trusted, ...anchors].map(({ header }) => header.id));
}

function refused(
  file: string,
  { rule, message, event }: { readonly rule: string; readonly message: string; readonly event?: number },
): CliError {
  const which = event === undefined ? "" : `, version ${event}`;
  return new CliError("evidence_refused", `${file} proves nothing${which}: ${message}`, { rule, event: event ?? null });
}
