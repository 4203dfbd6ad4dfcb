import { z } from "zod";
import { hexOfBytes } from "./bytes.ts";
import { jsonFault } from "./json-fault.ts";
import type { ChainPoint } from "./linear-proof.ts";
import type { LogName, LogState } from "./provable-log.ts";
import { refuse, type Refusal } from "./verdict.ts";

/** A point of a log that somebody trusts. `database`: of which log it is; where that is not said, of whichever is compared with it. */
export type TrustedPoint = ChainPoint & { readonly database?: string; readonly log?: string };

/** A hash as 64 small hex digits. */
export const HashText = z.string().regex(/^[0-9a-f]{64}$/, "64 small hex digits");

/**
 * Where a log was at some time. Kept where those who can write the log cannot write, it tells for ever whether what was written up to then
 * has stayed as it was.
 */
export const Checkpoint = z.strictObject({
  database: z.string().min(1),
  /** Id of the log, where the database's name is not one. Old checkpoints have none. */
  log: z.string().min(1).exactOptional(),
  tx: z.int().min(1),
  /** Accumulated hash at `tx`. */
  hash: HashText,
  /** The server's, over database, tx and hash. */
  signature: z.base64().optional(),
  /** When it was made, by the clock of whoever made it. */
  time: z.iso.datetime(),
});
export type Checkpoint = Readonly<z.infer<typeof Checkpoint>>;

/** The checkpoint of a state at a time, an ISO date in UTC. */
export function checkpointOf({ database, log, tx, hash, signature }: LogState, time: string): Checkpoint {
  return {
    database,
    ...(log !== undefined && { log }),
    tx,
    hash: hexOfBytes(hash),
    ...(signature && { signature: Buffer.from(signature).toString("base64") }),
    time,
  };
}

export const pointOf = ({ tx, hash }: Pick<Checkpoint, "tx" | "hash">): ChainPoint => ({ tx, hash: Buffer.from(hash, "hex") });

/** As `checkEvidence` takes it. */
export const trustedPoint = (checkpoint: Checkpoint): TrustedPoint => ({
  ...pointOf(checkpoint),
  database: checkpoint.database,
  ...(checkpoint.log !== undefined && { log: checkpoint.log }),
});

/** The state that a checkpoint was made of. */
export const stateOf = (checkpoint: Checkpoint): LogState => ({
  ...pointOf(checkpoint),
  database: checkpoint.database,
  ...(checkpoint.log !== undefined && { log: checkpoint.log }),
  ...(checkpoint.signature !== undefined && { signature: Buffer.from(checkpoint.signature, "base64") }),
});

/** Canonical JSON (RFC 8785) on one line, without the line's end. */
export const encodeCheckpoint = ({ database, hash, log, signature, time, tx }: Checkpoint): string =>
  JSON.stringify({ database, hash, log, signature, time, tx });

export type ParsedCheckpoints = {
  readonly ok: true;
  readonly checkpoints: readonly Checkpoint[];
  /** The last line has no end and is only the beginning of one: its writer was interrupted. It is not among the checkpoints. */
  readonly interrupted: boolean;
};

/**
 * The checkpoints of a file to which one line after another was added (NDJSON), in its order. Refused, with the number of the line, where a line
 * cannot be read, or says other than an earlier one about the same transaction.
 */
export function parseCheckpoints(text: string): ParsedCheckpoints | Refusal {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  const checkpoints: Checkpoint[] = [];
  const said = new Map<string, string>();
  let interrupted = false;
  for (const [index, line] of [...lines, rest].entries()) {
    if (line.trim() === "") continue;
    const checkpoint = readLine(line);
    if (typeof checkpoint === "string") {
      interrupted = index === lines.length && isBegun(line);
      if (interrupted) break;
      return refuse("malformed", `line ${index + 1} is no checkpoint: ${checkpoint}`);
    }
    const place = JSON.stringify([checkpoint.tx, checkpoint.database, checkpoint.log]);
    if ((said.get(place) ?? checkpoint.hash) !== checkpoint.hash)
      return refuse("checkpoint", `line ${index + 1} says other than a line before it about transaction ${checkpoint.tx}`);
    said.set(place, checkpoint.hash);
    checkpoints.push(checkpoint);
  }
  return { ok: true, checkpoints, interrupted };
}

const opening = '{"database":"';
const isBegun = (line: string): boolean => opening.startsWith(line) || line.startsWith(opening);

/**
 * Whether an unfinished last line can only be what `encodeCheckpoint` has begun to write of a log. `among`: other lines of the file are
 * checkpoints, so that a shorter beginning tells as much.
 */
export function isBegunLineOf({ database, log }: LogName, line: string, among: boolean): boolean {
  const start = `{"database":${JSON.stringify(database)},"hash":"`;
  if (!line.startsWith(start)) return among && start.startsWith(line);
  const rest = line.slice(start.length);
  if (!/^[0-9a-f]{0,64}$|^[0-9a-f]{64}"/.test(rest)) return false;
  const [named, after] = [log === undefined ? "" : `,"log":${JSON.stringify(log)}`, rest.slice(65)];
  return after.startsWith(named) || named.startsWith(after);
}

function readLine(line: string): Checkpoint | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `it is not JSON, ${jsonFault(line).replace("line 1, ", "")}`;
  }
  const checked = Checkpoint.safeParse(value);
  return checked.success ? checked.data : z.prettifyError(checked.error).replaceAll("\n", " ");
}
