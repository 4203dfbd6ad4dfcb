import type { EventFeed, FeedEvent } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";
import { afterEach, beforeEach, vi } from "vitest";
import { startHost } from "./start-host.ts";
import { onRealEngine } from "./test-store.ts";

/** For a file about relays: pauses pass at once, see `until`; but not under the feet of a real engine. */
export function withoutPauses(): void {
  beforeEach(() => void (onRealEngine() || vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })));
  afterEach(() => void vi.useRealTimers());
}

/** Lets time pass until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  if (onRealEngine()) return void (await vi.waitUntil(holds, { timeout: 60_000 }));
  while (!holds()) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise(setImmediate);
  }
}

export async function followed(bus: EventFeed): Promise<FeedEvent[]> {
  const seen: FeedEvent[] = [];
  await bus.follow((events) => void seen.push(...events), { after: 0 });
  return seen;
}

export const isChain = (events: readonly FeedEvent[]) =>
  events.every(({ previous }, index) => previous === (events[index - 1]?.position ?? 0));

export async function write(store: EventStore, times: number): Promise<void> {
  const { host, send } = startHost({ store });
  await send("counter/a", "Open");
  await Promise.all(Array.from({ length: times }, () => send("counter/a", "Add", { amount: 1 })));
  await host.close();
}
