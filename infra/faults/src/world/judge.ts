import { checkStore, type AcceptedCommand } from "@aethyr/bench/history";
import { readLog } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import { pathOf, refOf } from "@aethyr/kernel";
import { must } from "../fault.ts";

const headsPerQuestion = 500;

/**
 * Opens the log as a new process would, and holds all of it against the replies that were given: everything acknowledged is there, once, in
 * its place; nothing else is; versions run from 1; and the log's own counts and heads say the same. Rejects with `BadHistoryError` or
 * `GuaranteeBrokenError`.
 */
export async function judge(log: ImmudbOptions, accepted: readonly AcceptedCommand[]): Promise<{ readonly events: number }> {
  const store = await openImmudbEventStore({ ...log, create: false });
  try {
    await checkStore(store, accepted);
    const newest = new Map<string, number>();
    let events = 0;
    for await (const { stream, version } of readLog(store)) {
      newest.set(pathOf(stream), version);
      events += 1;
    }
    const { event_count: counted, aggregate_count: streams } = await store.statistics();
    must(
      counted === events && streams === newest.size,
      `the log counts ${counted} events of ${streams} streams, and holds ${events} of ${newest.size}`,
    );
    const paths = [...newest.keys()];
    for (let at = 0; at < paths.length; at += headsPerQuestion) {
      const these = paths.slice(at, at + headsPerQuestion);
      const heads = await store.heads(these.map(refOf));
      for (const [index, path] of these.entries())
        must(
          heads[index]?.version === newest.get(path),
          `${path} is said to be at version ${heads[index]?.version}, and is at ${newest.get(path)}`,
        );
    }
    return { events };
  } finally {
    await store.close();
  }
}
