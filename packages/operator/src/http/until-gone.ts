import type { FastifyReply } from "fastify";

/** Aborts when whoever asked does not wait for the answer any more, or has it. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}

/** What the work comes to; nothing, and no failure, where it was given up because nobody waits for it any more. */
export async function unlessGone<T>(gone: AbortSignal, work: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await work;
  } catch (error) {
    if (gone.aborted) return [];
    throw error;
  }
}
