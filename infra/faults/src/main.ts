import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NatsServerCount } from "@aethyr/local-cluster";
import { ensureServer } from "@aethyr/servers";
import { clusterFaults } from "./cluster/faults/index.ts";
import { runCluster } from "./cluster/run-cluster.ts";
import type { Fault } from "./fault.ts";
import { faults } from "./faults/index.ts";
import { parseOptions, UsageError, type Options } from "./options.ts";
import { asTable, summariesOf, type RoundResult } from "./report.ts";
import { runRound } from "./run-round.ts";

const help = `Breaks things around a real ImmuDB, or in a whole real cluster, on purpose, and checks that what is promised holds all the same.

  npx -y pnpm faults [options]

  --cluster           the faults of a whole cluster under load, instead of those around one log
  --nats-servers N    of that cluster, 1 or 3 (1); some faults are only for three
  --rounds N          rounds of each fault (5)
  --seed S            a number; the same one makes the same rounds (otherwise a random one, which is told)
  --only NAME,...     these faults only
  --output ndjson     one line of JSON for each round and for each summary; progress is on standard error
  --directory FOLDER  where the servers have their data (the system's folder for temporary files)

Ends with exit code 1 when something that is promised did not hold.

Around one log:
${faults.map(({ name, about, once }) => `  ${name.padEnd(22)} ${about}${once ? " (once; takes minutes)" : ""}`).join("\n")}

With --cluster:
${clusterFaults.map(({ name, about, natsServers }) => `  ${name.padEnd(22)} ${about}${natsServers === undefined ? "" : ` (--nats-servers ${natsServers})`}`).join("\n")}
`;

class StoppedError extends Error {
  readonly code = "stopped";
}

type Run = { readonly options: Options; readonly work: string; readonly signal: AbortSignal };

function tell({ output, rounds }: Options, result: RoundResult): void {
  if (output === "ndjson") console.log(JSON.stringify(result));
  process.stderr.write(`${result.fault} ${result.round}/${rounds}: ${told(result)} (${result.seconds.toFixed(1)} s)\n`);
}

async function runAll({ options, work, signal }: Run): Promise<readonly RoundResult[]> {
  const results: RoundResult[] = [];
  const chosen = faults.filter(({ name }) => options.only.includes(name));
  for (const fault of chosen) {
    const rounds = fault.once ? 1 : options.rounds;
    for (let number = 1; number <= rounds && !signal.aborted; number += 1) {
      const result = await runOne({ options, work, signal }, fault, number);
      if (signal.aborted) break;
      results.push(result);
      tell(options, result);
    }
  }
  return results;
}

async function runOne({ options: { seed }, work, signal }: Run, fault: Fault, number: number): Promise<RoundResult> {
  const startedMs = performance.now();
  const ended = () => ({ fault: fault.name, round: number, seed, seconds: (performance.now() - startedMs) / 1000 });
  try {
    const directory = join(work, `${fault.name}-${number}`);
    const progress = (text: string): void => void process.stderr.write(`  ${fault.name} ${number}: ${text}\n`);
    const { counts, skipped } = await runRound({ fault, seed, number, directory, long: true, progress, signal });
    return { ...ended(), counts, ...(skipped === undefined ? {} : { skipped }) };
  } catch (error) {
    return { ...ended(), counts: {}, failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

const runOnCluster = ({ options, work, signal }: Run): Promise<readonly RoundResult[]> =>
  runCluster({
    faults: clusterFaults.filter(({ name }) => options.only.includes(name)),
    natsServers: options.natsServers,
    rounds: options.rounds,
    seed: options.seed,
    work,
    kept: options.directory ?? tmpdir(),
    signal,
    progress: (text) => void process.stderr.write(`  ${text}\n`),
    onResult: (result) => tell(options, result),
  });

const told = ({ failure, skipped }: RoundResult): string =>
  failure === undefined ? (skipped === undefined ? "held" : "NOT TESTED") : `BROKEN: ${failure}`;

const namesWith = (servers: NatsServerCount): readonly string[] =>
  clusterFaults.filter(({ natsServers = servers }) => natsServers === servers).map(({ name }) => name);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    log: faults.map(({ name }) => name),
    cluster: { 1: namesWith(1), 3: namesWith(3) },
  });
  if (options.help) return console.log(help);
  for (const server of options.cluster ? (["immudb", "nats"] as const) : (["immudb"] as const))
    if ((await ensureServer(server)) === undefined)
      throw new UsageError(`there is no ${server} on this machine, and nothing can be tested`);
  const work = mkdtempSync(join(options.directory ?? tmpdir(), "aethyr-faults-"));
  // PostgreSQL refuses to run as root, and has its folder below this one.
  chmodSync(work, 0o711);
  const stop = new AbortController();
  // Not once: a package manager passes on what the terminal has sent to all of its group, and the second must not cut the cleaning short.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort(new StoppedError("stopped by a signal")));
  const where = `${options.cluster ? "--cluster " : ""}${options.natsServers === 1 ? "" : `--nats-servers ${options.natsServers} `}`;
  const again = `${where}--seed ${options.seed} --rounds ${options.rounds}`;
  process.stderr.write(`seed ${options.seed}; to have the same again: npx -y pnpm faults ${again}\n`);
  try {
    const run = options.cluster ? runOnCluster : runAll;
    const results = await run({ options, work, signal: stop.signal });
    if (options.output === "ndjson")
      for (const summary of summariesOf(results)) console.log(JSON.stringify({ summary, seed: options.seed }));
    else if (results.length > 0) console.log(`${asTable(results)}\n\n${again}`);
    if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
    if (stop.signal.aborted) process.exitCode = 130;
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  // What a round that was stopped still waits for is of no interest any more.
  if (stop.signal.aborted) process.exit();
}

main().catch((error: unknown) => {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  console.error(error instanceof Error ? error.message : error);
});
