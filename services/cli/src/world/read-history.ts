import type { RecordedEvent, Ref } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";

/** As many events as a page may have. */
const pageSize = 1_000;

export type HistoryWish = {
  readonly limit?: number;
  readonly backward?: boolean;
  /** Only events of this correlation. */ readonly story?: string;
};

/** The events of one aggregate, as many as wanted, page by page. */
export async function readHistory(
  { history }: Pick<Operations, "history">,
  ref: Ref,
  { limit = Number.POSITIVE_INFINITY, backward = false, story }: HistoryWish,
): Promise<readonly RecordedEvent[]> {
  const direction = backward ? "backward" : "forward";
  const events: RecordedEvent[] = [];
  for (let from: number | undefined; events.length < limit && from !== 0;) {
    const wanted = story === undefined ? Math.min(pageSize, limit - events.length) : pageSize;
    const page = await history(ref, { ...(from === undefined ? {} : { from }), limit: wanted, direction });
    events.push(...(story === undefined ? page : page.filter(({ meta }) => meta.correlation === story)));
    const last = page.at(-1);
    if (last === undefined || page.length < wanted) break;
    from = last.version + (backward ? -1 : 1);
  }
  return events.slice(0, limit);
}
