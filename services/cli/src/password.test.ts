import { argon2Sync } from "node:crypto";
import { ArgonPhc } from "@aethyr/world";
import { tmpdir } from "node:os";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { runCli } from "./run-cli.ts";
import { createIo } from "./testing/test-io.ts";

const hashOf = async (password: string) => {
  const io = createIo({ cwd: tmpdir(), stdin: password });
  const code = await runCli(["password", "hash", "--output", "json"], io);
  return { code, out: io.stdout.text(), err: io.stderr.text() };
};

test("[D39] a password becomes an argon2id hash that a player can be made with, and that it can be checked against", async () => {
  const { code, out } = await hashOf("correct horse\n");
  expect(code).toBe(0);
  const { passwordHash } = JSON.parse(out) as { passwordHash: string };
  expect(ArgonPhc.safeParse(passwordHash).success).toBe(true);
  const [, , , , salt = "", hash = ""] = passwordHash.split("$");
  const again = argon2Sync("argon2id", {
    message: "correct horse",
    nonce: Buffer.from(salt, "base64"),
    tagLength: 32,
    memory: 65_536,
    passes: 3,
    parallelism: 4,
  });
  expect(again.toString("base64").replace(/=+$/, "")).toBe(hash);
});

test("the same password never becomes the same hash", async () => {
  expect((await hashOf("correct horse")).out).not.toBe((await hashOf("correct horse")).out);
});

test.each(["short\n", "x".repeat(65)])("a password of a wrong length is refused without being shown", async (password) => {
  const { code, out, err } = await hashOf(password);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("8 to 64 characters");
  expect(err).not.toContain(password.trim());
});

describe("at a terminal", () => {
  const typed = async (...keys: readonly (string | Buffer)[]) => {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => void modes.push(raw) });
    const io = { ...createIo({ cwd: tmpdir(), terminal: { columns: 200 } }), stdin };
    for (const key of keys) stdin.write(key);
    const code = await runCli(["password", "hash", "--output", "json"], io);
    return { code, out: io.stdout.text(), err: io.stderr.text(), modes };
  };

  test("[D39] it is asked for twice, and nothing of what is typed is shown", async () => {
    const { code, out, err, modes } = await typed("correct horse\r", "correct horse\r");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ passwordHash: expect.stringMatching(/^\$argon2id\$/) as string });
    expect(err).toBe("Password (is not shown): \nThe same again: \n");
    expect(modes).toEqual([true, false]);
  });

  test("what is corrected while typing counts as it is at the end; a letter may come in two parts", async () => {
    const [first, second] = [Buffer.from("ü").subarray(0, 1), Buffer.from("ü").subarray(1)];
    const { code } = await typed("wrong\u0015gr", first, second, "ne x\u007F\u001B[D", "nase\r", "grüne nase\n");
    expect(code).toBe(0);
  });

  test("two that differ make no hash, and neither is shown", async () => {
    const { code, out, err, modes } = await typed("correct horse\r", "correct house\r");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("not the same");
    expect(err).not.toMatch(/horse|house/);
    expect(modes).toEqual([true, false]);
  });

  test("one of a wrong length is refused before it is asked for again", async () => {
    const { code, out, err } = await typed("short\r");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("8 to 64 characters");
    expect(err).not.toContain("again");
  });

  test("Ctrl-C ends it, and the terminal shows again what is typed", async () => {
    expect(await typed("correct\u0003")).toMatchObject({ code: 130, out: "", modes: [true, false] });
  });
});
