import { setTimeout } from "node:timers/promises";

export type Waiting = {
  /** How long the folder may be in use by somebody who does not answer. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Told once, when the waiting begins. */
  readonly onWait: () => void;
};

const betweenMs = 100;

/**
 * Opens a world, again and again while another process has it and does not answer yet, as it does while it starts. Rejects with the last
 * `data_folder_in_use` when the time is over, and with any other failure at once.
 */
export async function whileStarting<T>(open: () => Promise<T>, { waitMs, signal, onWait }: Waiting): Promise<T> {
  const untilMs = performance.now() + waitMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!isInUse(error) || performance.now() >= untilMs) throw error;
      if (attempt === 1) onWait();
    }
    await setTimeout(betweenMs, undefined, { signal });
  }
}

const isInUse = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "data_folder_in_use";
