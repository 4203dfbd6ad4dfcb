import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import { operatorToken } from "./operator-token.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aethyr-token-"));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (): string => join(folder, "operator.token");
const config = (flags: Readonly<Record<string, string>> = {}) =>
  loadConfig({ cwd: folder, env: {}, flags: { data: ".", ...flags } }).config;

test("the token is made once and kept for its owner alone, unless one is configured", async () => {
  const token = await operatorToken(config());
  expect(token).toMatch(/^[\w-]{43}$/);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await operatorToken(config())).toBe(token);
  expect(await operatorToken({ ...config(), api: { ...config().api, token: "configured-token" } })).toBe("configured-token");
});

test("a token that others can read is not used", async () => {
  await operatorToken(config());
  await chmod(file(), 0o644);
  await expect(operatorToken(config())).rejects.toMatchObject({ code: "token_exposed" });
});

test.each(["", "\n", "123456789012345\n", `${" ".repeat(20)}x`, "12345678 12345678", "x".repeat(257)])(
  "a token that is not 16-256 visible characters is not used: %j",
  async (text) => {
    await writeFile(file(), text, { mode: 0o600 });
    await expect(operatorToken(config())).rejects.toMatchObject({
      code: "token_unusable",
      message: expect.stringContaining("remove it, so that a new one is made") as string,
    });
    await writeFile(file(), "1234567890123456\n");
    expect(await operatorToken(config())).toBe("1234567890123456");
  },
);

test("a folder that cannot be used is said so", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(operatorToken(config({ data: "file/inside" }))).rejects.toMatchObject({ code: "data_folder_unusable" });
});
