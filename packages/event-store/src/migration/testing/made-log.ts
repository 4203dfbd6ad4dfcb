import { ref, type Ref } from "@aethyr/kernel";
import type { Commit, EventStore, Write } from "../../event-store.ts";

/** Numbers from 0 to below 1 that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // xorshift: enough to spread a test over its cases.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/**
 * Fills a store with a log of at least so many events: commits over one to three streams, nine in ten of a command, streams of some twenty
 * events that then end.
 */
export async function makeLog(store: EventStore, events: number, seed: number): Promise<void> {
  const random = seeded(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const open = new Map<number, { readonly stream: Ref; version: number }>();
  let [made, streams, commands] = [0, 0, 0];

  const writeTo = (at: number, command: string): Write => {
    const line = open.get(at) ?? { stream: ref("room", `r${(streams += 1)}`), version: 0 };
    const ends = below(20) === 0;
    const count = 1 + below(2);
    const expected = line.version;
    line.version += count;
    if (ends) open.delete(at);
    else open.set(at, line);
    made += count;
    return {
      stream: line.stream,
      expected,
      ends,
      events: Array.from({ length: count }, (_, index) => ({
        id: `${command}/${made - count + index}`,
        type: "RoomDescriptionUpdated",
        schema: 1,
        machine: 1,
        time: new Date(1_767_225_600_000 + made).toISOString(),
        data: { description: "é".repeat(below(60)) },
        meta: { command, actor: null, correlation: command, causation: null },
      })),
    };
  };

  while (made < events) {
    const commits: Commit[] = [];
    for (const end = Math.min(made + 200, events); made < end;) {
      const id = `command-${(commands += 1)}`;
      const lines = new Set(Array.from({ length: 1 + below(3) }, () => below(200)));
      const writes = [...lines].map((at) => writeTo(at, id));
      const outcome = Object.fromEntries(writes.map(({ stream }) => [`${stream.type}/${stream.id}`, made]));
      commits.push({ writes, ...(below(10) > 0 ? { command: { id, outcome } } : undefined) });
    }
    for (const result of await store.append(commits)) if (!result.ok) throw result.error;
  }
}
