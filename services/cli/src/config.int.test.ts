import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createAethyr } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";

const secret = "hush-hush-hush-hush-hush";

describe("config show", () => {
  test.each(["table", "json", "ndjson"])("never shows a secret, wherever it comes from (%s)", async (format) => {
    const cwd = await folderOfTest();
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    const byEnvironment = await aethyr(`config show --output ${format}`, { env: { AETHYR_API_TOKEN: secret } });
    await writeFile(join(cwd, "aethyr.config.json"), JSON.stringify({ api: { token: secret } }));
    const byFile = await aethyr(`config show --output ${format}`);
    for (const { code, stdout, stderr } of [byEnvironment, byFile]) {
      expect(code).toBe(0);
      expect(stdout).toContain("********");
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("tells each value and where it comes from", async () => {
    const cwd = await folderOfTest();
    await writeFile(join(cwd, "other.json"), JSON.stringify({ idleMs: 5, world: "a" }));
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    const { stdout } = await aethyr("config show --output json --config other.json --data-folder here", { env: { AETHYR_WORLD: "b" } });
    const entries = JSON.parse(stdout) as { key: string; value: unknown; source: string }[];
    const of = (key: string) => entries.find((entry) => entry.key === key);
    expect(of("idleMs")).toMatchObject({ value: 5, source: join(cwd, "other.json") });
    expect(of("world")).toMatchObject({ value: "b", source: "environment AETHYR_WORLD" });
    expect(of("data")).toMatchObject({ value: join(cwd, "here"), source: "--data" });
    expect(of("store")).toMatchObject({ value: "sqlite", source: "default" });
    expect((await aethyr("config show")).stdout).toMatch(/^api\.token +\(none\) +default +AETHYR_API_TOKEN$/m);
  });
});

describe("config check", () => {
  test("is content with a configuration that can be used, and shows its warnings", async () => {
    const cwd = await folderOfTest();
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    await expect(aethyr("config check")).resolves.toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^configuration +valid$/m),
    });
    const warned = await aethyr("config check --output json", { env: { SNAPSHOT_FREQUENCY: "500" } });
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: environment SNAPSHOT_FREQUENCY/) });
    expect(JSON.parse(warned.stdout)).toMatchObject({ valid: true, file: null, warnings: [expect.stringContaining("SNAPSHOT_FREQUENCY")] });
  });

  test("fails and names everything that is wrong, without the secret", async () => {
    const cwd = await folderOfTest();
    await writeFile(join(cwd, "aethyr.config.json"), JSON.stringify({ nonsense: 1, api: { port: -1, token: "short" } }));
    const { code, stdout, stderr } = await createAethyr({ cwd, data: join(cwd, "data") })("config check", {
      env: { AETHYR_STORE: "paper" },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: the configuration cannot be used\n(?: {2}.*\n){4}$/);
    for (const name of ["nonsense", "api.port", "api.token", "store"]) expect(stderr).toContain(name);
    expect(stderr).not.toContain("short");
  });

  test("a file that is no JSON is told where, and nothing of it is shown", async () => {
    const cwd = await folderOfTest();
    const aethyr = createAethyr({ cwd, data: cwd });
    const files = { "a.json": `{"immudb":{"password":'hunter2'}}`, token: "hunter2-a-secret-that-was-named-by-mistake" };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(cwd, name), text);
      for (const line of [
        ["config", "check", "--config", name],
        ["evidence", "check", name],
        ["log", "verify", "--checkpoints", name],
      ]) {
        const { code, stdout, stderr } = await aethyr(line);
        expect(code).toBe(1);
        expect(stdout + stderr).not.toContain("hunter2");
      }
    }
    expect((await aethyr("config check --config a.json")).stderr).toContain("a.json is no JSON: look at line 1, column 23");
  });

  test("a file that was named must be there", async () => {
    const cwd = await folderOfTest();
    await expect(createAethyr({ cwd, data: cwd })("config check --config missing.json")).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("missing.json"),
    });
  });
});
