import { resolve } from "node:path";
import { openBackup, type OpenedLog } from "@aethyr/embedded";
import { checkpointFile, checkpointsOf } from "@aethyr/process";
import { pinnedKey } from "@aethyr/process/immudb";
import { verifyLog, type Checkpoint, type VerifiedLog } from "@aethyr/proof";
import { wholeNumber } from "../arguments.ts";
import { CliError } from "../errors.ts";
import type { Row } from "../output/rows.ts";
import { using, withLog } from "../proof/with-log.ts";
import { verb, type Call } from "../verb.ts";

type Options = { readonly from?: number; readonly to?: number; readonly checkpoints?: string; readonly backup?: string };

export const logVerify = verb<Options>({
  name: "verify",
  summary: "recomputes the log from its raw bytes, and says where it was changed",
  details:
    "Every hash, from the first transaction to the newest, and compares them with the checkpoints: those that the world has made, or those of a file that was kept elsewhere, which is what proves something. Reads beside a running world, on the engine where the data folder has its log, whichever is configured. Fails at the first transaction that is not what it was.",
  examples: [
    ["log verify", "all of it, with the checkpoints of the world"],
    ["log verify --checkpoints /media/stick/checkpoints.ndjson", "with those that nobody here could write"],
    ["log verify --backup ./events.backup", "a back-up"],
  ],
  define: (command) =>
    command
      .option("--from <tx>", "begin at the newest checkpoint up to this transaction", wholeNumber(1))
      .option("--to <tx>", "end at this transaction", wholeNumber(1))
      .option("--checkpoints <file>", "compare with these checkpoints, instead of those of the world")
      .option("--backup <file>", "a back-up of a log, instead of the log of the world"),
  async run(call) {
    const { backup } = call.options;
    const file = resolve(call.io.pathsFrom, backup ?? "");
    if (backup === undefined) await withLog(call, async (log, place) => report(call, log, place));
    else await using(await openBackup(file), call, async (log) => report(call, log, `a back-up, ${file}`));
  },
});

async function report(call: Call<Options>, log: OpenedLog, place: string): Promise<void> {
  const { config } = call.config();
  const { from, to, checkpoints: named } = call.options;
  const file = named === undefined ? checkpointFile(config) : resolve(call.io.pathsFrom, named);
  const first = await log.proof.state();
  const { database } = first;
  const { checkpoints, others, interrupted } = await checkpointsOf(config, first, named === undefined ? undefined : file);
  if (named !== undefined && others > 0) call.notes.warn(`${others} of the checkpoints in ${file} are of another log: passed over`);
  if (named !== undefined && interrupted) call.notes.warn(`the last line of ${file} is not finished: passed over`);
  const key = await pinnedKey(config.immudb);
  const verified = await range(
    verifyLog(log.proof, {
      checkpoints,
      signal: call.io.signal,
      onProgress: ({ tx, to: last, entries }) => call.notes.progress(`transaction ${tx} of ${last}, ${entries} records`),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(key !== undefined && { pinnedKey: key }),
    }),
  );
  call.notes.clear();
  const faults = verified.ok && from === undefined && to === undefined ? await log.faults() : [];
  if (!verified.ok || faults.length > 0) {
    const message = verified.ok ? faults.join("; ") : verified.message;
    const refusal = verified.ok ? { rule: "file" } : { rule: verified.rule, tx: verified.tx ?? null, key: verified.key ?? null };
    if (call.print.format !== "table") await call.print.one({ verified: false, database, ...refusal, message, faults }, []);
    throw new CliError("log_refused", refusalText(database, verified, message), { database, ...refusal });
  }
  const { hash, state, ok: _, ...rest } = verified;
  const seen = { ...rest, place, hash: hex(hash), head: state.tx, signed: key !== undefined, checkpointFile: file };
  await call.print.one({ verified: true, ...seen }, rowsOf(verified, place, key !== undefined));
  if (call.print.format === "table") trustNote(call, verified, checkpoints, key !== undefined);
}

async function range<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof RangeError ? new CliError("not_found", error.message, {}, { cause: error }) : error;
  }
}

function refusalText(
  database: string,
  verified: { readonly ok: boolean; readonly tx?: number; readonly key?: string },
  message: string,
): string {
  const { tx, key } = verified;
  const place = [tx === undefined ? "" : ` at transaction ${tx}`, key === undefined ? "" : `, record ${key}`].join("");
  return `the log ${database} is not what it was${place}: ${message}`;
}

function rowsOf({ database, from, to, entries, hash, checkpoints, state }: VerifiedLog, place: string, isSigned: boolean): readonly Row[] {
  return [
    ["where", place],
    ["log", database],
    ["transactions", `${from}–${to}${to < state.tx ? ` of ${state.tx}` : ""}`],
    ["records in them", `${entries}, events and what finds them`],
    ["hash", hex(hash)],
    ["checkpoints", checkpoints === 0 ? "(none to compare with)" : `${checkpoints}, all as it is`],
    ["signature", isSigned ? "by the pinned key" : "(not looked at: no key is pinned, see immudb.signingKey)"],
  ];
}

function trustNote({ notes }: Call, { checkpoints }: VerifiedLog, all: readonly Checkpoint[], isSigned: boolean): void {
  if (checkpoints > 0 || isSigned) return;
  const why = all.length === 0 ? "there was no checkpoint" : "none of the checkpoints is in this part";
  notes.note(`${why}: this says that the log agrees with itself, not that it is the one that was written`);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
