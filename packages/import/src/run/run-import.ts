import type { ImportCommand, Phase } from "../commands/import-command.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ImportResult } from "./result.ts";
import { type Send, sendBatch } from "./send-batch.ts";
import { createTally } from "./tally.ts";

/** Told after every batch. */
export type ImportProgress = {
  readonly phase: string;
  /** Commands of the phase that are answered, and all of them. */
  readonly done: number;
  readonly total: number;
  /** Commands of the whole run answered per second so far. */
  readonly perSecond: number;
};

export type ImportOptions = {
  readonly phases: Iterable<Phase>;
  readonly send: Send;
  /** Position of the newest event in the world's log before the run, 0 for a new world: what took effect up to there was there already. */
  readonly head: number;
  /** Commands in one call of `send`; 200 unless told. */
  readonly batchSize?: number;
  /** Calls of `send` under way at once; 4 unless told. */
  readonly concurrency?: number;
  /** For how many milliseconds a batch is sent again while the world cannot answer; 30,000 unless told. */
  readonly retryForMs?: number;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the run after the batches under way. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
};

/**
 * Sends the commands, phase by phase, and counts what became of them. To go on after an abort, a crash or a change of the files, run it
 * again from the start: what has taken effect is not done twice. Rejects only with what `onProgress` throws, and with `RangeError` for
 * options that cannot be.
 */
export async function runImport(options: ImportOptions): Promise<ImportResult> {
  const { phases, send, head, batchSize = 200, concurrency = 4, retryForMs = 30_000, onProgress, signal, clock = systemClock } = options;
  mustBeWhole({ batchSize, concurrency });
  if (!(retryForMs >= 0 && Number.isFinite(retryForMs)))
    throw new RangeError(`retryForMs must be finite and not negative, not ${retryForMs}`);
  const tally = createTally(head);
  const startedMs = clock.nowMs();
  let answered = 0;
  let gaveUp = false;
  let failed = false;
  const isOver = (): boolean => gaveUp || failed || signal?.aborted === true;

  const sendNext = async ({ name, commands }: Phase, batch: readonly ImportCommand[]): Promise<void> => {
    const sent = await sendBatch(batch, { send, clock, retryForMs, signal });
    const abandoned = sent.open.length > 0 && signal?.aborted !== true;
    gaveUp ||= abandoned || sent.answered.some(({ reply }) => reply.code === "unauthorised");
    tally.add(sent, abandoned);
    answered += sent.answered.length;
    const seconds = (clock.nowMs() - startedMs) / 1_000;
    try {
      onProgress?.({ phase: name, done: tally.done(), total: commands.length, perSecond: seconds > 0 ? answered / seconds : 0 });
    } catch (error) {
      // The others finish what they have sent, and only then it is told.
      failed = true;
      throw error;
    }
  };

  const workOff = async (phase: Phase, batches: Iterator<readonly ImportCommand[]>): Promise<void> => {
    while (!isOver()) {
      const next = batches.next();
      if (next.done === true) return;
      await sendNext(phase, next.value);
    }
  };

  for (const phase of phases) {
    if (isOver()) break;
    tally.begin(phase);
    const batches = inBatches(phase.commands, batchSize);
    const workers = await Promise.allSettled(Array.from({ length: concurrency }, () => workOff(phase, batches)));
    const failure = workers.find(({ status }) => status === "rejected");
    if (failure?.status === "rejected") throw failure.reason;
  }
  return tally.result(gaveUp ? "gave_up" : signal?.aborted === true ? "aborted" : "complete");
}

function* inBatches<T>(all: readonly T[], size: number): Generator<readonly T[], void> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

function mustBeWhole(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
  }
}
