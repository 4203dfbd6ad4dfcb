import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLineQueue } from "./line-queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limits = { burstLines: 2, linesPerSecond: 1, waitingLines: 3, droppedLines: 2 };

function opened() {
  const said: string[] = [];
  const queue = createLineQueue({
    limits,
    now: () => Date.now(),
    onDropped: (isFirst) => void said.push(isFirst ? "first dropped" : "dropped"),
    onFlood: () => void said.push("flood"),
  });
  return { queue, said };
}

describe("lines on their way to the game", () => {
  it("are given when they are asked for, in their order, no faster than their rate, with one timer at most", async () => {
    const { queue, said } = opened();
    for (const line of ["a", "b", "c"]) queue.add(line);
    expect(vi.getTimerCount()).toBe(0);
    expect([await queue.next(), await queue.next()]).toEqual(["a", "b"]);
    const third = queue.next();
    queue.add("d");
    queue.add("e");
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(await third).toBe("c");
    expect([vi.getTimerCount(), said]).toEqual([0, []]);
  });

  it("beyond those that may wait are dropped, told as the first once in a row, and too many are a flood", async () => {
    const { queue, said } = opened();
    for (const line of ["a", "b", "c", "d", "e"]) queue.add(line);
    expect(said).toEqual(["first dropped", "dropped"]);
    queue.add("f");
    expect(said).toEqual(["first dropped", "dropped", "dropped", "flood"]);
    await queue.next();
    await queue.next();
    const third = queue.next();
    vi.advanceTimersByTime(1_000);
    // With that, all that waited have had their turn: the next dropped line is a first one.
    expect(await third).toBe("c");
    for (const line of ["g", "h", "i", "j"]) queue.add(line);
    expect(said.at(-1)).toBe("first dropped");
  });

  it("[G12] end with the connection: whoever waits is told why, and nothing is left", async () => {
    const { queue } = opened();
    for (const line of ["a", "b", "c"]) queue.add(line);
    await queue.next();
    await queue.next();
    const third = queue.next();
    queue.close("lost");
    queue.add("d");
    await expect(third).rejects.toMatchObject({ code: "connection_ended", details: { why: "lost" } });
    await expect(queue.next()).rejects.toMatchObject({ code: "connection_ended" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
