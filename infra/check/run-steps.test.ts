import { expect, test } from "vitest";
import type { StepResult } from "./run-steps.ts";
import { runSteps } from "./run-steps.ts";
import type { Step } from "./steps.ts";

const options = { folder: ".", env: process.env, atOnce: 2, onResult: () => undefined };

test("a step that fails does not keep the others from running", async () => {
  const results = await runSteps(
    [script("a", "process.exit(1)"), script("b", ""), script("c", "process.exit(3)"), script("d", "")],
    options,
  );
  expect(results.map(({ name, passed }) => [name, passed])).toEqual([
    ["a", false],
    ["b", true],
    ["c", false],
    ["d", true],
  ]);
});

test("each step is told as it ends, with both of its streams", async () => {
  const told: StepResult[] = [];
  await runSteps([script("a", "console.log('out'); console.error('err')")], { ...options, onResult: (result) => told.push(result) });
  expect(told.map(({ name }) => name)).toEqual(["a"]);
  expect(told[0]?.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
});

test("a program that is not there fails its step, and says what to do", async () => {
  const [result] = await runSteps([{ name: "a", holds: "", command: ["no-such-program-here"] }], options);
  expect(result).toMatchObject({ passed: false, output: expect.stringContaining("npx -y pnpm install") });
});

test("a step has its advice with it", async () => {
  const [result] = await runSteps([{ ...script("a", "process.exit(1)"), advice: "do this" }], options);
  expect(result).toMatchObject({ passed: false, advice: "do this" });
});

test("no more steps run at once than asked", async () => {
  let running = 0;
  let most = 0;
  const counted = Array.from({ length: 5 }, (_, index) => script(String(index), ""));
  const watched = counted.map((step) => ({
    ...step,
    get command(): Step["command"] {
      running += 1;
      most = Math.max(most, running);
      return step.command;
    },
  }));
  await runSteps(watched, { ...options, onResult: () => (running -= 1) });
  expect(most).toBe(2);
});

function script(name: string, text: string): Step {
  return { name, holds: "", command: [process.execPath, "-e", text] };
}
