import { checkpointOf, pointOf, type Checkpoint } from "./checkpoint.ts";
import { sameBytes } from "./bytes.ts";
import { isSameLog, logName, type LogState, type ProvableLog } from "./provable-log.ts";
import { verifyStateSignature } from "./signed-state.ts";
import { holds, refuse, type Refusal, type Verdict } from "./verdict.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";

/** Takes checkpoints to where those who can write the log cannot write. Resolved means kept. */
export interface CheckpointSink {
  emit(checkpoint: Checkpoint): Promise<void>;
}

/** A sink that only remembers. */
export function createMemorySink(): CheckpointSink & { readonly checkpoints: () => readonly Checkpoint[] } {
  const checkpoints: Checkpoint[] = [];
  return {
    emit: async (checkpoint) => {
      checkpoints.push(checkpoint);
    },
    checkpoints: () => checkpoints,
  };
}

export type CheckpointerOptions = {
  /** The newest checkpoint that was made before: the log must still begin as it did then. */
  readonly last?: Checkpoint;
  /** PEM of the public key that signs states; with it, a state that is not signed by it is refused. */
  readonly pinnedKey?: string;
  readonly now?: () => Date;
};

/** `checkpoint` is there if one was made. */
export type Advanced = { readonly ok: true; readonly checkpoint?: Checkpoint };

/** Makes checkpoints of a log that grows. */
export type Checkpointer = {
  /**
   * Makes a checkpoint if the log has grown by enough transactions (default `everyTxs`) since the last one, or if there was none. Refuses, and
   * makes none, when the log does not go on from where the last one was. Calls while one is under way get its answer. Rejects with the errors
   * of log and sink; the next call then tries again.
   */
  readonly advance: (enoughTxs?: number) => Promise<Advanced | Refusal>;
  readonly last: () => Checkpoint | undefined;
};

export function createCheckpointer(
  log: ProvableLog,
  sink: CheckpointSink,
  everyTxs: number,
  { last: before, pinnedKey, now = () => new Date() }: CheckpointerOptions = {},
): Checkpointer {
  let last = before;
  let underWay: Promise<Advanced | Refusal> | undefined;

  async function advance(enoughTxs: number): Promise<Advanced | Refusal> {
    const state = await log.state();
    if (last !== undefined && state.tx < last.tx)
      return refuse("missing", `the log ends at transaction ${state.tx}; it was at ${last.tx} when the last checkpoint was made`);
    if (state.tx === 0 || (last !== undefined && state.tx < last.tx + enoughTxs)) return { ok: true };
    const verdict = await verifyState(state);
    if (!verdict.ok) return verdict;
    const checkpoint = checkpointOf(state, now().toISOString());
    await sink.emit(checkpoint);
    last = checkpoint;
    return { ok: true, checkpoint };
  }

  async function verifyState(state: LogState): Promise<Verdict> {
    const signed = pinnedKey === undefined ? holds : verifyStateSignature(state, pinnedKey);
    return signed.ok && last !== undefined ? extendsCheckpoint(log, last, state) : signed;
  }

  return {
    advance: (enoughTxs = everyTxs) =>
      (underWay ??= advance(enoughTxs).finally(() => {
        underWay = undefined;
      })),
    last: () => last,
  };
}

/** That a log which was at a checkpoint is now at a state. Rejects with the errors of the log. */
export async function extendsCheckpoint(log: ProvableLog, checkpoint: Checkpoint, state: LogState): Promise<Verdict> {
  if (!isSameLog(state, checkpoint))
    return refuse("elsewhere", `the log is ${logName(state)}; the checkpoint is of ${logName(checkpoint)}`);
  if (state.tx < checkpoint.tx)
    return refuse("missing", `the log ends at transaction ${state.tx}; it was at ${checkpoint.tx} on ${checkpoint.time}`);
  const point = pointOf(checkpoint);
  if (state.tx === checkpoint.tx)
    return sameBytes(state.hash, point.hash)
      ? holds
      : refuse("checkpoint", `transaction ${state.tx} is not what it was on ${checkpoint.time}`);
  return verifyDualProof(await log.consistency(checkpoint.tx, state.tx), point, state);
}
