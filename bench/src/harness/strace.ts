import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { logFile } from "../floors/log-rows.ts";
import { runInProcess, type ChildRequest } from "./run-in-process.ts";
import { parseSyncs } from "./syncs.ts";

const seconds = 1;

/** Runs a durable benchmark once, short, under strace and says how often it had a file put on the disk, per transaction of its logs. */
export async function countSyncs(request: ChildRequest, signal: AbortSignal): Promise<string> {
  if (!isInstalled()) return "fsyncs were not counted: strace is not installed";
  const output = join(request.directory, "strace");
  const log = join(request.directory, "1", "log");
  const floor = join(request.directory, "1", "floor");
  const under: [string, ...string[]] = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-e", "trace=fdatasync,fsync", "-o", output];
  await runInProcess({ request: { ...request, seconds, rounds: 1 }, signal, under });
  const lines = readFileSync(output, "utf8").split("\n");
  return [log, floor].map((directory) => sentence(directory === log ? "system" : "floor", directory, lines)).join("; ");
}

function sentence(who: string, directory: string, lines: readonly string[]): string {
  const { log, checkpoints, snapshots, others } = parseSyncs(lines.filter((line) => line.includes(`<${directory}`)).join("\n"));
  const transactions = countTransactions(directory);
  return (
    `strace, ${who}: ${transactions} transactions, ${log} syncs of the write-ahead log (${(log / transactions).toFixed(3)} per transaction), ` +
    `${checkpoints} of the log, ${snapshots} of snapshots, ${others} of others`
  );
}

function countTransactions(directory: string): number {
  const database = new DatabaseSync(logFile(directory), { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS value FROM transactions").get()?.["value"]);
  } finally {
    database.close();
  }
}

function isInstalled(): boolean {
  try {
    execFileSync("strace", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
