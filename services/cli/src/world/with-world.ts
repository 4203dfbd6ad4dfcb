import { unlessAborted } from "@aethyr/async";
import type { Call } from "../verb.ts";
import { openOperations, type OpenedOperations, type OpenOptions } from "./open-operations.ts";

export type WorldUse<T> = (world: OpenedOperations) => Promise<T>;

/** Uses the configured world, and closes what was opened for it however the use ends. */
export async function withWorld<T>(call: Call, use: WorldUse<T>, options: OpenOptions = {}): Promise<T> {
  const world = await openOperations(call, options);
  try {
    call.io.signal.throwIfAborted();
    return await use(world);
  } finally {
    await world.operations.close();
  }
}

/** Asks the world one thing. A signal ends the waiting at once: what a question leaves behind is nothing but its answer. */
export async function askWorld<T>(call: Call, question: WorldUse<T>, options: OpenOptions = {}): Promise<T> {
  return withWorld(call, async (world) => unlessAborted(question(world), call.io.signal), options);
}
