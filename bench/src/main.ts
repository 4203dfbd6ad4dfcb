import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ensureServer } from "@aethyr/servers";
import { benchmarks } from "./benchmarks/index.ts";
import type { Figure } from "./harness/figure.ts";
import { parseOptions, UsageError, type Options } from "./harness/options.ts";
import { asTable } from "./harness/report.ts";
import { runInProcess } from "./harness/run-in-process.ts";
import { countSyncs } from "./harness/strace.ts";

const help = `Measures the embedded profile, the log in ImmuDB and the cluster profile, each figure beside a floor that does the same I/O and nothing else.

  npx -y pnpm bench [options]

  --only NAME,...     these benchmarks only; the word before a dash stands for all that begin with it (immudb, durable, cluster)
  --short             see whether they work: half a second, one round, small logs; the figures say little
  --seconds N         how long a round of a rate is measured (5)
  --rounds N          rounds of each; the figure is their median (3)
  --output json       for programs; progress is on standard error
  --directory FOLDER  where logs are written; it must lie on a disk (the system's folder for temporary files)
  --strace            count fdatasync and fsync per commit of the durable benchmarks, in another short run under strace
  --cpu-prof FOLDER   write CPU profiles there

${benchmarks.map(({ name, about }) => `  ${name.padEnd(23)} ${about}`).join("\n")}
`;

/** Leaves out what cannot be had on this machine, which is told loudly; in CI it must be there. */
async function possible(names: readonly string[]): Promise<readonly string[]> {
  const impossible = new Set<string>();
  for (const [server, ...needing] of [
    ["immudb", "immudb", "cluster"],
    ["nats", "cluster"],
  ] as const) {
    const asked = benchmarks.filter(({ name, needs }) => needing.some((each) => each === needs) && names.includes(name));
    if (asked.length === 0 || (await ensureServer(server)) !== undefined) continue;
    for (const { name } of asked) impossible.add(name);
  }
  return names.filter((name) => !impossible.has(name));
}

async function measure(options: Options, work: string, signal: AbortSignal): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of await possible(options.only)) {
    process.stderr.write(`${name}\n`);
    const { seconds, rounds, short, cpuProfiles } = options;
    const request = { name, seconds, rounds, short, directory: join(work, name) };
    const nodeFlags = cpuProfiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(cpuProfiles, name)}`];
    const made = await runInProcess({ request, signal, nodeFlags });
    const syncs =
      options.strace && name.startsWith("durable")
        ? [await countSyncs({ ...request, directory: join(work, `${name}-strace`) }, signal)]
        : [];
    figures.push(...made.map((figure) => ({ ...figure, notes: [...figure.notes, ...syncs] })));
    rmSync(request.directory, { recursive: true, force: true });
  }
  return figures;
}

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    benchmarks.map(({ name }) => name),
  );
  if (options.help) return console.log(help);
  const work = mkdtempSync(join(options.directory ?? tmpdir(), "aethyr-bench-"));
  // Others may pass through: PostgreSQL refuses to run as root, and has its folder in here.
  chmodSync(work, 0o711);
  const stop = new AbortController();
  // Not once: a package manager passes on what the terminal has sent to all of its group, and the second must not cut the cleaning short.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  try {
    const figures = await measure(options, work, stop.signal);
    const machine = { processors: availableParallelism(), model: cpus()[0]?.model ?? "unknown", node: process.version };
    if (options.output === "json") console.log(JSON.stringify({ machine, figures }, null, 2));
    else console.log(`${machine.processors} processors (${machine.model}), Node ${machine.node}\n\n${asTable(figures)}`);
  } finally {
    // A server that ends with the process of its benchmark may need a moment.
    rmSync(work, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

main().catch((error: unknown) => {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  console.error(error instanceof Error ? error.message : error);
});
