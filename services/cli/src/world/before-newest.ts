import type { Operations } from "@aethyr/operator";

/**
 * The position after which the newest `count` events stand; 0 if there are no more than those. Positions grow with holes, and the log is only
 * read forward: so it looks back in growing steps.
 */
export async function beforeNewest(
  { worldStats, tailEvents }: Pick<Operations, "worldStats" | "tailEvents">,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  const { head } = await worldStats();
  if (count === 0) return head;
  for (let back = count; ; back *= 32) {
    signal.throwIfAborted();
    const after = Math.max(0, head - back);
    const positions: number[] = [];
    for await (const { position } of tailEvents({ after, signal })) positions.push(position);
    const first = positions.at(-count);
    if (first !== undefined) return first - 1;
    if (after === 0) return 0;
  }
}
