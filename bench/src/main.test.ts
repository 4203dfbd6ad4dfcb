import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { Figure } from "./harness/figure.ts";

const work = mkdtempSync(join(tmpdir(), "aethyr-bench-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });

describe("the program", () => {
  test("measures what it is asked for, prints nothing else, and leaves nothing behind", () => {
    const { status, stdout, stderr } = run(
      "--only",
      "durable-1,cpu",
      "--seconds",
      "0.2",
      "--rounds",
      "1",
      "--output",
      "json",
      "--directory",
      work,
    );
    expect(stderr).toContain("cpu: round 1 of 1");
    expect(status).toBe(0);
    const { figures } = JSON.parse(stdout) as { figures: readonly Figure[] };
    expect(figures.map(({ name }) => name)).toEqual(["durable-1", "cpu"]);
    for (const { value, floor, notes } of figures) {
      expect(value).toBeGreaterThan(0);
      expect(floor).toBeGreaterThan(0);
      expect(notes.join()).toContain("history checked");
    }
    expect(readdirSync(work)).toEqual([]);
  });
  test("stopped in the middle, it ends its processes and leaves nothing behind", async () => {
    const child = spawn(process.execPath, [main, "--only", "durable-1", "--seconds", "60", "--directory", work], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exited = once(child, "exit");
    for await (const text of child.stderr) if (String(text).includes("round 1")) break;
    expect(readdirSync(work)).toHaveLength(1);
    // Twice, as under a package manager that passes on what the terminal has sent already.
    child.kill("SIGINT");
    child.kill("SIGINT");
    expect(await exited).toEqual([1, null]);
    expect(readdirSync(work)).toEqual([]);
  });
  test("tells how it is used", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    expect(stdout).toMatch(/--only NAME.*durable-64.*import/s);
  });
  test("refuses what it does not know, without a stack", () => {
    const { status, stdout, stderr } = run("--only", "nothing");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^--only nothing: there is no benchmark nothing; there are durable-64, .*\n$/);
  });
});
