import { createChoice } from "../system/load.ts";
import type { Choice } from "./places.ts";

/** A number below `things` for each command; the same ones in every run. Zipf's exponent is 1: the first thing is asked twice as often as the second. */
export function choosing(choice: Choice, things: number): () => number {
  const uniform = createChoice();
  if (choice === "hot") return () => 0;
  if (choice === "uniform") return () => uniform(things);
  const sums: number[] = [];
  for (let rank = 1; rank <= things; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const total = sums.at(-1) ?? 0;
  const precision = 2 ** 30;
  return () => {
    const wanted = (uniform(precision) / precision) * total;
    let [low, high] = [0, things - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? total) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
