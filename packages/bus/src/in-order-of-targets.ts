import { pathOf, type Ref } from "@aethyr/kernel";

const targetsAtOnce = 1_000;

/** Does something with each, one after the other where they have the same target, otherwise at once; results in the order given. */
export async function inOrderOfTargets<T extends { readonly target: Ref }, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queues = new Map<string, number[]>();
  for (const [place, { target }] of items.entries()) {
    const path = pathOf(target);
    const queue = queues.get(path);
    if (queue === undefined) queues.set(path, [place]);
    else queue.push(place);
  }
  const waiting = queues.values();
  async function worker(): Promise<void> {
    for (const places of waiting) for (const place of places) results[place] = await work(items[place]!);
  }
  await Promise.all(Array.from({ length: Math.min(targetsAtOnce, queues.size) }, worker));
  return results;
}
