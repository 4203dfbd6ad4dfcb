import { benchmarks } from "../benchmarks/index.ts";
import type { ChildAnswer, ChildRequest } from "./run-in-process.ts";

const { name, ...options } = JSON.parse(process.argv[2] ?? "{}") as ChildRequest;

async function run(): Promise<ChildAnswer> {
  try {
    const benchmark = benchmarks.find((each) => each.name === name);
    if (benchmark === undefined) return { failed: `there is no benchmark ${name}` };
    const made = await benchmark.run(options, (text) => process.stderr.write(`  ${name}: ${text}\n`));
    return { figures: [made].flat() };
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Nobody is left to hear the figure.
process.once("disconnect", () => process.exit());

const answer = await run();
process.exitCode = "figures" in answer ? 0 : 1;
process.send?.(answer, () => process.disconnect());
