import { describe, expect, it } from "vitest";
import { createLiveness, type Liveness } from "./liveness.ts";

const limits = { idleMs: 100, answerMs: 50, stallMs: 1_000 };

type Line = { now: number; backlog: number; flushed: number; probes: number; mustAnswer: boolean };

function watched(line: Partial<Line> = {}): { line: Line; liveness: Liveness } {
  const state: Line = { now: 0, backlog: 0, flushed: 0, probes: 0, mustAnswer: true, ...line };
  const wire = {
    backlog: () => state.backlog,
    flushed: () => state.flushed,
    mustAnswerProbes: () => state.mustAnswer,
    probe: () => {
      state.probes += 1;
    },
  };
  return { line: state, liveness: createLiveness({ wire, limits, now: () => state.now }) };
}

describe("the liveness of a connection", () => {
  it("asks after silence, waits for the answer, and takes none for lost", () => {
    const { line, liveness } = watched();
    const at = (now: number): unknown => {
      line.now = now;
      return [liveness.check(), line.probes];
    };
    expect(at(99)).toEqual([undefined, 0]);
    expect(at(100)).toEqual([undefined, 1]);
    expect(at(149)).toEqual([undefined, 1]);
    liveness.heard();
    expect(at(248)).toEqual([undefined, 1]);
    expect(at(249)).toEqual([undefined, 2]);
    expect(at(299)).toEqual([undefined, 2]);
    expect(at(300)).toEqual(["lost", 2]);
  });

  it("takes nobody for lost whose answer waited while this process stood still", () => {
    const { line, liveness } = watched();
    line.now = 100;
    liveness.check();
    line.now = 100_000;
    expect(liveness.check()).toBeUndefined();
    liveness.heard();
    line.now += 1;
    expect(liveness.check()).toBeUndefined();
    line.now += 200;
    expect(liveness.check()).toBeUndefined();
    line.now += 50;
    expect(liveness.check()).toBeUndefined();
  });

  it("goes on asking where silence means nothing", () => {
    const { line, liveness } = watched({ mustAnswer: false });
    for (line.now = 0; line.now <= 1_000; line.now += 10) expect(liveness.check()).toBeUndefined();
    expect(line.probes).toBe(10);
  });

  it("takes output that does not move for slow where the person types, else for lost; output that moves is neither", () => {
    for (const types of [true, false]) {
      const { line, liveness } = watched({ mustAnswer: false, backlog: 10 });
      for (let step = 0; step < 30; step += 1) {
        line.now += 100;
        line.flushed += 1;
        expect(liveness.check()).toBeUndefined();
      }
      line.now += 999;
      if (types) liveness.heard();
      expect(liveness.check()).toBeUndefined();
      line.now += 1;
      expect(liveness.check()).toBeUndefined();
      expect(liveness.check()).toBe(types ? "too_slow" : "lost");
    }
  });
});
