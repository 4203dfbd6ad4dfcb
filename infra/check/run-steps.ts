import { spawn } from "node:child_process";
import type { Step } from "./steps.ts";

/** How a step went. */
export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  /** Everything the tool wrote, both streams in the order of arrival. */
  readonly output: string;
  readonly durationMs: number;
  readonly advice?: string | undefined;
}

/** Where steps run, and who hears of each as it ends. */
export interface RunOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly atOnce: number;
  readonly onResult: (result: StepResult) => void;
}

/** Runs all steps, a few at a time, whether or not one fails. Answers in the order of the steps. */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<readonly StepResult[]> {
  const results = new Map<Step, StepResult>();
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step, options);
      results.set(step, result);
      options.onResult(result);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, lane));
  return steps.flatMap((step) => results.get(step) ?? []);
}

async function runStep({ name, command: [program, ...args], advice }: Step, { folder, env }: RunOptions): Promise<StepResult> {
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const chunks: Buffer[] = [];
  const child = spawn(program, args, { cwd: folder, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", (error) => {
    chunks.push(Buffer.from(`cannot start ${program}: ${error.message}; run "npx -y pnpm install" first\n`));
    resolve(false);
  });
  child.on("close", (code) => resolve(code === 0));
  const passed = await promise;
  return { name, passed, output: Buffer.concat(chunks).toString("utf8"), durationMs: performance.now() - started, advice };
}
