import type { Log } from "../options.ts";
import type { Slot } from "./slot.ts";

/** Tells an operator in one line which partitions came and went, once no taking or giving is under way any more. */
export function createShareNews(log: Pick<Log, "info">, host: string): { look(slots: readonly Slot[]): void } {
  let told: ReadonlySet<number> = new Set();
  return {
    look(slots) {
      if (slots.some(({ task }) => task !== undefined)) return;
      const ours = new Set(slots.flatMap(({ partition, state }) => (state === "active" ? [partition] : [])));
      const taken = [...ours].filter((partition) => !told.has(partition));
      const gone = [...told].filter((partition) => !ours.has(partition));
      if (taken.length === 0 && gone.length === 0) return;
      told = ours;
      const fields = {
        host,
        ...(taken.length === 0 ? {} : { taken: ranges(taken) }),
        ...(gone.length === 0 ? {} : { gone: ranges(gone) }),
      };
      log.info(fields, ours.size === 1 ? "1 partition is ours" : `${ours.size} partitions are ours`);
    },
  };
}

/** `0-3, 7` of numbers in order. */
function ranges(numbers: readonly number[]): string {
  const runs: { readonly from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.to === number - 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  return runs.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}
