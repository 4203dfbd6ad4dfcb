/** How fast events are applied, over about the last ten seconds. */
export type Rate = { readonly add: (events: number) => void; readonly perSecond: () => number };

const windowMs = 10_000;

export function createRate(monotonicMs: () => number): Rate {
  let marks: { readonly at: number; readonly events: number }[] = [];
  const began = monotonicMs();
  const trim = (now: number): void => {
    if (marks.length > 0 && (marks[0]?.at ?? now) < now - windowMs) marks = marks.filter(({ at }) => at >= now - windowMs);
  };
  return {
    add(events) {
      const now = monotonicMs();
      marks.push({ at: now, events });
      if (marks.length > 1000) trim(now);
    },
    perSecond() {
      const now = monotonicMs();
      trim(now);
      const total = marks.reduce((sum, { events }) => sum + events, 0);
      return (total * 1000) / Math.max(1, Math.min(windowMs, now - began));
    },
  };
}
