import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { StepResult } from "./run-steps.ts";
import { runSteps } from "./run-steps.ts";
import type { Step } from "./steps.ts";
import { steps } from "./steps.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const usage = `pnpm check [--only NAME,NAME…]

Looks at the whole repository and ends with exit code 1 when anything is wrong:
${steps.map(({ name, holds }) => `  ${name.padEnd(14)}${holds}`).join("\n")}
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === "string") {
    console.error(asked);
    return 2;
  }
  if (asked.length === 0) {
    console.log(usage);
    return 0;
  }
  const bin = join(root, "node_modules", ".bin");
  const results = await runSteps(asked, {
    folder: root,
    env: { ...process.env, PATH: [bin, process.env["PATH"] ?? ""].join(delimiter) },
    atOnce: 2,
    onResult: print,
  });
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
  console.log(
    failed.length === 0
      ? `check: all ${results.length} passed`
      : `check: ${results.length - failed.length} passed, failed: ${failed.join(", ")}`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** The steps that were asked for, none for help, or what is wrong with the arguments. */
function readArguments(args: readonly string[]): readonly Step[] | string {
  try {
    const { values } = parseArgs({
      args: args.filter((argument) => argument !== "--"),
      options: { only: { type: "string", multiple: true }, help: { type: "boolean", short: "h" } },
    });
    if (values.help === true) return [];
    if (values.only === undefined) return steps;
    const names = values.only.flatMap((list) => list.split(","));
    const unknown = names.filter((name) => !steps.some((step) => step.name === name));
    if (unknown.length > 0) return `no step is called ${unknown.join(", ")}; there are ${steps.map(({ name }) => name).join(", ")}`;
    return steps.filter(({ name }) => names.includes(name));
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

function print({ name, passed, output, durationMs, advice }: StepResult): void {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(7);
  console.log(`${passed ? "ok    " : "FAILED"} ${name.padEnd(14)}${seconds}${passed ? warnings(output) : ""}`);
  if (passed) return;
  console.log(output.trimEnd());
  console.log(advice === undefined ? "" : `To mend it: ${advice}\n`);
}

/** Warnings do not fail a step; they are said, so that somebody looks. */
function warnings(output: string): string {
  const count = /Found (\d+) warnings?/.exec(output)?.[1] ?? "0";
  return count === "0" ? "" : `  (${count} warnings)`;
}
