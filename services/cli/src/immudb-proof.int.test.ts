import { generateKeyPairSync, randomUUID } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { txOf, type Commit } from "@aethyr/event-store";
import { initImmudb, openImmudbEventStore } from "@aethyr/event-store/immudb";
import { createAuthority, requireServer, startImmudb } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAethyr, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";

const immudb = await requireServer("immudb");
const { PATH, HOME, AETHYR_CACHE } = process.env;
const env = { PATH, HOME, AETHYR_CACHE, IMMUDB_BIN: immudb, AETHYR_STORE: "immudb" };

const within = (outer: Aethyr, more: Readonly<Record<string, string>> = {}): Aethyr => {
  return (line, options = {}) => outer(line, { ...options, env: { ...env, ...more, ...options.env } });
};

function described(description: string): Commit {
  const id = randomUUID();
  return {
    writes: [
      {
        stream: { type: "room", id },
        expected: "no-stream",
        events: [
          {
            id: `${id}/1`,
            type: "RoomCreated",
            schema: 1,
            machine: 1,
            time: "2026-01-02T03:04:05.678Z",
            data: { name: "Hall", description },
            meta: { command: id, actor: null, correlation: id, causation: null },
          },
        ],
      },
    ],
    command: { id, outcome: { [`room/${id}`]: 1 } },
  };
}

describe.skipIf(immudb === undefined)("what is proven of a world on a real ImmuDB, from the command line", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await temporaryFolder();
  });
  afterAll(() => removeFolder(cwd));

  test("[G10] one byte of a copied data folder that is changed: `log verify` names the transaction", { timeout: 120_000 }, async () => {
    const data = join(cwd, "data");
    const aethyr = within(createAethyr({ cwd, data }));
    expect((await aethyr("servers start immudb")).code).toBe(0);
    const init = JSON.parse((await aethyr("store init --output json")).stdout) as { readonly settings: Readonly<Record<string, string>> };
    const { AETHYR_IMMUDB_ADDRESS: address = "", AETHYR_IMMUDB_PASSWORD_FILE: file = "" } = init.settings;
    const [status = ""] = /127\.0\.0\.1:\d+/.exec((await aethyr("servers status immudb")).stdout) ?? [];
    const password = (await readFile(file, "utf8")).trim();
    const store = await openImmudbEventStore({ address: address || status, database: "aethyr", username: "aethyr_append", password });
    const transactions: number[] = [];
    for (let number = 0; number < 20; number += 1) {
      const [result] = await store.append([described(`a hall of number ${number}.`)]);
      if (result?.ok) transactions.push(txOf(result.position));
    }
    await store.close();
    expect((await aethyr("log verify")).code).toBe(0);
    expect((await aethyr("servers stop immudb")).code).toBe(0);

    const copied = join(cwd, "copied");
    await cp(data, copied, { recursive: true });
    const log = join(copied, "servers", "immudb", "data", "aethyr", "tx", "00000000.tx");
    const bytes = await readFile(log);
    const at = bytes.indexOf("a hall of number 7.");
    expect(at).toBeGreaterThan(0);
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(log, bytes);
    const copy = within(createAethyr({ cwd, data: copied }));
    expect((await copy("servers start immudb")).code).toBe(0);
    try {
      const told = await copy("log verify");
      expect(told).toMatchObject({ code: 1, stdout: "" });
      expect(told.stderr).toMatch(new RegExp(`transaction ${transactions[7]}\\b`));
    } finally {
      expect((await copy("servers stop immudb")).code).toBe(0);
    }
  });

  test(
    "[G10] over TLS, a server's signature is checked with the key that is pinned, and no other is taken",
    { timeout: 120_000 },
    async () => {
      const folder = join(cwd, "signing");
      await mkdir(folder);
      const pathOf = (name: string): string => join(folder, name);
      const signing = generateKeyPairSync("ec", { namedCurve: "P-256" });
      await writeFile(pathOf("signing.pem"), signing.privateKey.export({ type: "sec1", format: "pem" }));
      await writeFile(pathOf("public.pem"), signing.publicKey.export({ type: "spki", format: "pem" }));
      const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
      await writeFile(pathOf("other.pem"), other.export({ type: "spki", format: "pem" }));
      const authority = createAuthority("authority");
      const issued = authority.issue("immudb");
      await writeFile(pathOf("tls.pem"), issued.certificate);
      await writeFile(pathOf("tls.key"), issued.key);
      await writeFile(pathOf("ca.pem"), authority.certificate);
      const adminPassword = "test-password";
      const args = ["--signingKey", pathOf("signing.pem"), "--certificate", pathOf("tls.pem"), "--pkey", pathOf("tls.key")];
      await using server = await startImmudb({ adminPassword, args });
      const tls = { ca: authority.certificate };
      const users = { append: { username: "a_append", password: "Append-pass1!" }, read: { username: "a_read", password: "Read-pass1!" } };
      await initImmudb({ address: server.address, database: "aethyr", username: "immudb", password: adminPassword, tls, users });
      const store = await openImmudbEventStore({
        address: server.address,
        database: "aethyr",
        username: "a_append",
        password: "Append-pass1!",
        tls,
      });
      await store.append([described("a hall")]);
      await store.close();

      await writeFile(pathOf("password"), "Read-pass1!", { mode: 0o600 });
      const aethyr = (more: Readonly<Record<string, string>>): Aethyr =>
        within(createAethyr({ cwd: folder, data: pathOf("none") }), {
          AETHYR_IMMUDB_ADDRESS: server.address,
          AETHYR_IMMUDB_USERNAME: "a_read",
          AETHYR_IMMUDB_PASSWORD_FILE: pathOf("password"),
          ...more,
        });
      const encrypted = { AETHYR_IMMUDB_TLS_CA: pathOf("ca.pem") };
      const verified = await aethyr({ ...encrypted, AETHYR_IMMUDB_SIGNING_KEY: pathOf("public.pem") })("log verify");
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^signature +(?!\()/m) as string });
      expect((await aethyr({ ...encrypted, AETHYR_IMMUDB_SIGNING_KEY: pathOf("other.pem") })("log verify")).code).toBe(1);
      expect((await aethyr({ AETHYR_IMMUDB_SIGNING_KEY: pathOf("public.pem") })("log verify")).code).toBe(1);
    },
  );
});
