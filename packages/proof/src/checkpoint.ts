import { z } from "zod";
import { hexOfBytes } from "./bytes.ts";
import type { ChainPoint } from "./linear-proof.ts";
import type { LogState } from "./provable-log.ts";
import { refuse, type Refusal } from "./verdict.ts";

/** A hash as 64 small hex digits. */
export const HashText = z.string().regex(/^[0-9a-f]{64}$/, "64 small hex digits");

/**
 * Where a log was at some time. Kept where those who can write the log cannot write, it tells for ever whether what was written up to then
 * has stayed as it was.
 */
export const Checkpoint = z.strictObject({
  database: z.string().min(1),
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
export function checkpointOf({ database, tx, hash, signature }: LogState, time: string): Checkpoint {
  return { database, tx, hash: hexOfBytes(hash), ...(signature && { signature: Buffer.from(signature).toString("base64") }), time };
}

export const pointOf = ({ tx, hash }: Pick<Checkpoint, "tx" | "hash">): ChainPoint => ({ tx, hash: Buffer.from(hash, "hex") });

/** The state that a checkpoint was made of. */
export const stateOf = (checkpoint: Checkpoint): LogState => ({
  ...pointOf(checkpoint),
  database: checkpoint.database,
  ...(checkpoint.signature !== undefined && { signature: Buffer.from(checkpoint.signature, "base64") }),
});

/** Canonical JSON (RFC 8785) on one line, without the line's end. */
export const encodeCheckpoint = ({ database, hash, signature, time, tx }: Checkpoint): string =>
  JSON.stringify({ database, hash, signature, time, tx });

export type ParsedCheckpoints = {
  readonly ok: true;
  readonly checkpoints: readonly Checkpoint[];
  /** The last line has no end and cannot be read: its writer was interrupted. It is not among the checkpoints. */
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
      interrupted = index === lines.length;
      if (interrupted) break;
      return refuse("malformed", `line ${index + 1} is no checkpoint: ${checkpoint}`);
    }
    const place = `${checkpoint.tx}@${checkpoint.database}`;
    if ((said.get(place) ?? checkpoint.hash) !== checkpoint.hash)
      return refuse("checkpoint", `line ${index + 1} says other than a line before it about transaction ${checkpoint.tx}`);
    said.set(place, checkpoint.hash);
    checkpoints.push(checkpoint);
  }
  return { ok: true, checkpoints, interrupted };
}

function readLine(line: string): Checkpoint | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return (error as SyntaxError).message;
  }
  const checked = Checkpoint.safeParse(value);
  return checked.success ? checked.data : z.prettifyError(checked.error).replaceAll("\n", " ");
}
