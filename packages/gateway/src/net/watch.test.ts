import { describe, expect, it } from "vitest";
import { createWatch, type Watch } from "./watch.ts";

const limits = { idleMs: 100, answerMs: 50, stallMs: 1_000 };

type Line = { now: number; backlog: number; flushed: number; probes: number; mustAnswer: boolean };

function watched(line: Partial<Line> = {}): { line: Line; watch: Watch } {
  const state: Line = { now: 0, backlog: 0, flushed: 0, probes: 0, mustAnswer: true, ...line };
  const wire = {
    backlog: () => state.backlog,
    flushed: () => state.flushed,
    mustAnswerProbes: () => state.mustAnswer,
    probe: () => {
      state.probes += 1;
    },
  };
  return { line: state, watch: createWatch({ wire, limits, now: () => state.now }) };
}

describe("the watch over a connection", () => {
  it("asks after silence, waits for the answer, and takes none for lost", () => {
    const { line, watch } = watched();
    const at = (now: number): unknown => {
      line.now = now;
      return [watch.check(), line.probes];
    };
    expect(at(99)).toEqual([undefined, 0]);
    expect(at(100)).toEqual([undefined, 1]);
    expect(at(149)).toEqual([undefined, 1]);
    watch.heard();
    expect(at(248)).toEqual([undefined, 1]);
    expect(at(249)).toEqual([undefined, 2]);
    expect(at(299)).toEqual([undefined, 2]);
    expect(at(300)).toEqual(["lost", 2]);
  });

  it("takes nobody for lost whose answer waited while this process stood still", () => {
    const { line, watch } = watched();
    line.now = 100;
    watch.check();
    line.now = 100_000;
    expect(watch.check()).toBeUndefined();
    watch.heard();
    line.now += 1;
    expect(watch.check()).toBeUndefined();
    line.now += 200;
    expect(watch.check()).toBeUndefined();
    line.now += 50;
    expect(watch.check()).toBeUndefined();
  });

  it("goes on asking where silence means nothing", () => {
    const { line, watch } = watched({ mustAnswer: false });
    for (line.now = 0; line.now <= 1_000; line.now += 10) expect(watch.check()).toBeUndefined();
    expect(line.probes).toBe(10);
  });

  it("takes output that does not move for slow where the person types, else for lost; output that moves is neither", () => {
    for (const types of [true, false]) {
      const { line, watch } = watched({ mustAnswer: false, backlog: 10 });
      for (let step = 0; step < 30; step += 1) {
        line.now += 100;
        line.flushed += 1;
        expect(watch.check()).toBeUndefined();
      }
      line.now += 999;
      if (types) watch.heard();
      expect(watch.check()).toBeUndefined();
      line.now += 1;
      expect(watch.check()).toBeUndefined();
      expect(watch.check()).toBe(types ? "too_slow" : "lost");
    }
  });
});
