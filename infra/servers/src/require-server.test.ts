import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { cachedBinary } from "./cache-folder.ts";
import { ServerInstallError, ServerUnavailableError } from "./errors.ts";
import { ensureServer, ensureServers, requireServer } from "./require-server.ts";
import { shellScript, temporaryFolder, writeExecutable } from "./test-kit.ts";

async function emptyMachine(): Promise<Record<string, string>> {
  return { PATH: await temporaryFolder(), AETHYR_CACHE: await temporaryFolder() };
}

test("a server that is there is answered with its path", async () => {
  const env = await emptyMachine();
  const path = await writeExecutable(cachedBinary("nats", env), shellScript(""));
  expect(await requireServer("nats", { env })).toBe(path);
  expect(await ensureServer("nats", { env })).toBe(path);
});

test("[D6] a missing server is a loud skip for a user", async () => {
  for (const CI of ["", "0", "false"]) {
    const env = { ...(await emptyMachine()), CI };
    const lines: string[] = [];
    const options = { env, warn: (line: string) => lines.push(line) };
    expect(await requireServer("nats", options)).toBeUndefined();
    expect(await ensureServer("immudb", options)).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/^SKIPPED.*nats-server/u), expect.stringMatching(/^SKIPPED.*immudb/u)]);
  }
});

test("the skip is told on standard error by default", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await ensureServers({ env: await emptyMachine() });
    expect(write.mock.calls.map(([text]) => String(text)).join("")).toMatch(/SKIPPED.*nats-server[^]*SKIPPED.*immudb/u);
  } finally {
    write.mockRestore();
  }
});

test("[D6] a missing server is a failure in CI", async () => {
  const env = { ...(await emptyMachine()), CI: "true" };
  await expect(requireServer("nats", { env })).rejects.toThrow(ServerUnavailableError);
  await expect(ensureServer("nats", { env })).rejects.toThrow(ServerUnavailableError);
});

test("a failed installation counts as missing; an aborted one does not", async () => {
  const env = await emptyMachine();
  await writeExecutable(join(env["PATH"]!, "go"), shellScript("exit 1"));
  const lines: string[] = [];
  expect(await ensureServer("nats", { env, warn: (line) => lines.push(line) })).toBeUndefined();
  expect(lines).toEqual([expect.stringContaining("failed")]);
  await expect(ensureServer("nats", { env: { ...env, CI: "1" } })).rejects.toThrow(ServerInstallError);
  await expect(ensureServer("nats", { env, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: "AbortError",
  });
});
