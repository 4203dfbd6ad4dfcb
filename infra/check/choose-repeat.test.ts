import { describe, expect, test } from "vitest";
import type { FileResult } from "./choose-repeat.ts";
import { chooseRepeat } from "./choose-repeat.ts";

const limits = { atMost: 2, onlyKilled: false };
const file = (name: string, state: FileResult["state"]): FileResult => ({ project: "int", file: `/a/${name}.int.test.ts`, state });
const [good, skipped, failed, silent] = [
  file("good", "passed"),
  file("skipped", "skipped"),
  file("failed", "failed"),
  file("silent", undefined),
];
const killed = new Error("[vitest-pool]: Worker forks emitted error.", {
  cause: new Error(`Worker exited unexpectedly with signal SIGTRAP during run state while running test file ${silent.file}`),
});
const late = (path: string): Error => Object.assign(new Error("connection ended"), { VITEST_TEST_PATH: path });

describe("what is run once more", () => {
  test("is nothing when nothing is wrong", () => {
    expect(chooseRepeat([good, skipped], [], limits)).toEqual({});
  });

  test("is each file that failed, did not end, or made an error outside of its tests", () => {
    expect(chooseRepeat([good, failed, skipped], [], limits)).toEqual({ repeat: [failed] });
    expect(chooseRepeat([good, failed, silent], [killed], limits)).toEqual({ repeat: [failed, silent] });
    expect(chooseRepeat([good, failed], [late(good.file)], limits)).toEqual({ repeat: [good, failed] });
  });

  test("is nothing when too much failed, or an error is of no file", () => {
    expect(chooseRepeat([failed, failed, failed], [], limits).because).toContain("more than 2");
    expect(chooseRepeat([failed], [new Error("the servers cannot be built")], limits).because).toContain("cannot be built");
    expect(chooseRepeat([good], [undefined], limits)).toHaveProperty("because");
  });

  test("is what the engine ended alone, where nothing else may be", () => {
    const onlyKilled = { ...limits, onlyKilled: true };
    expect(chooseRepeat([good, silent], [killed], onlyKilled)).toEqual({ repeat: [silent] });
    expect(chooseRepeat([failed, silent], [killed], onlyKilled)).toEqual({});
    expect(chooseRepeat([good, silent], [killed, late(good.file)], onlyKilled)).toEqual({});
  });
});
