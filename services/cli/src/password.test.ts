import { argon2Sync } from "node:crypto";
import { ArgonPhc } from "@aethyr/world";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
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
