import type { Hosted } from "../actors/hosted.ts";
import type { Pending } from "./pending.ts";

/** Seals the secrets of a command whose turn it is. It stays at the front of its mailbox meanwhile, so that nothing overtakes it. */
export function createSealing(enqueue: (hosted: Hosted) => void): (pending: Pending) => void {
  async function sealed(pending: Pending): Promise<void> {
    pending.sealing = true;
    const result = await pending.seal!();
    pending.sealing = false;
    if ("refusal" in result) {
      pending.refusal = result.refusal;
    } else {
      pending.input = result.input;
      pending.seal = undefined;
    }
    enqueue(pending.target);
  }
  return (pending) => void sealed(pending);
}
