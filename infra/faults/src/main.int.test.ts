import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureServer } from "@aethyr/servers";
import { afterAll, describe, expect, test } from "vitest";
import type { RoundResult, Summary } from "./report.ts";

const immudb = await ensureServer("immudb");
const work = mkdtempSync(join(tmpdir(), "aethyr-faults-test-"));
afterAll(() => rmSync(work, { recursive: true }));

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const flags = ["--no-memory-protection-keys", main, "--directory", work];

describe.skipIf(immudb === undefined)("the program on a real immudb", () => {
  test("prints a line for each round and a summary, says the seed, and leaves nothing behind", () => {
    const args = ["--only", "wrong-database", "--rounds", "2", "--seed", "11", "--output", "ndjson"];
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], { encoding: "utf8" });
    expect(stderr).toContain("--seed 11 --rounds 2");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RoundResult & { readonly summary?: Summary });
    expect(lines.map(({ fault, round, seed, summary }) => summary?.fault ?? [fault, round, seed])).toEqual([
      ["wrong-database", 1, 11],
      ["wrong-database", 2, 11],
      "wrong-database",
    ]);
    expect(readdirSync(work)).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("stopped in the middle, it ends its servers and leaves nothing behind", async () => {
    const child = spawn(process.execPath, [...flags, "--only", "kill-server", "--rounds", "50"], { stdio: ["ignore", "pipe", "pipe"] });
    const exited = once(child, "exit");
    for await (const text of child.stderr) if (String(text).includes("kill 1")) break;
    const servers = serversBelow(work);
    // Twice, as under a package manager that passes on what the terminal has sent already.
    child.kill("SIGINT");
    child.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
    expect(servers.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(readdirSync(work)).toEqual([]);
  });
});

/** Ids of the processes that run in a folder. */
function serversBelow(folder: string): readonly string[] {
  const { stdout } = spawnSync(
    "sh",
    ["-c", `ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -F ${folder} | sed 's#.*/proc/\\([0-9]*\\)/cwd.*#\\1#'`],
    {
      encoding: "utf8",
    },
  );
  return stdout.split("\n").filter((pid) => pid !== "");
}
