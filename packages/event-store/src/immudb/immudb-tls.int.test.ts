import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { createAuthority, ensureServer } from "@aethyr/servers";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";

import { testServer } from "./testing/test-server.ts";
import { accepted, commitOf, freshRef } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

const folder = mkdtempSync(join(tmpdir(), "aethyr-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const authority = createAuthority("Aethyr tests");
const stranger = createAuthority("somebody else");
const serverSide = authority.issue("immudb.test");
const serverArgs = ["--certificate", file("server.pem", serverSide.certificate), "--pkey", file("server.key", serverSide.key)];
const ca = authority.certificate;

const works = async (options: ImmudbOptions): Promise<void> => {
  const store = await openImmudbEventStore(options);
  try {
    const stream = freshRef();
    await accepted(store, commitOf(stream, 0));
    expect(await store.readStream(stream)).toHaveLength(1);
  } finally {
    await store.close();
  }
};
const fails = (options: ImmudbOptions) => expect(openImmudbEventStore(options)).rejects;

describe.skipIf(immudb === undefined)("an immudb with TLS", () => {
  const { fresh } = testServer({ args: serverArgs, place: { tls: { ca } } });

  test("is used, by address or by the name in its certificate", async () => {
    await works(fresh());
    await works({ ...fresh(), tls: { ca, serverName: "immudb.test" } });
  });

  test("is not talked to if its certificate is of another authority or for another name", async () => {
    await fails({ ...fresh(), tls: { ca: stranger.certificate } }).toMatchObject({ code: "unavailable" });
    await fails({ ...fresh(), tls: {} }).toMatchObject({ code: "unavailable" });
    await fails({ ...fresh(), tls: { ca, serverName: "other.test" } }).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/altnames|other\.test/) as unknown,
    });
  }, 30_000);

  test("is not found without TLS", () => fails({ ...fresh(), tls: undefined }).toMatchObject({ code: "unavailable" }));
});

describe.skipIf(immudb === undefined)("an immudb that asks its clients for certificates", () => {
  const ours = authority.issue("host");
  const args = [...serverArgs, "--mtls", "--clientcas", file("clients.pem", ca)];
  const { fresh } = testServer({ args, place: { tls: { ca, certificate: ours.certificate, key: ours.key } } });

  test("is used with one of its authority", () => works(fresh()));

  test("refuses a certificate of another authority; without any it still talks to us, as immudb verifies them only if given", async () => {
    const foreign = stranger.issue("host");
    await fails({ ...fresh(), tls: { ca, certificate: foreign.certificate, key: foreign.key } }).toMatchObject({ code: "unavailable" });
    await works({ ...fresh(), tls: { ca } });
  }, 30_000);

  test("no error repeats a password or a key", async () => {
    const secret = "not-the-Passw0rd!";
    const wrong: readonly Partial<ImmudbOptions>[] = [
      { password: secret },
      { tls: { ca, certificate: ours.certificate, key: stranger.key } },
      { tls: { ca, certificate: "-----BEGIN CERTIFICATE-----\nnone", key: ours.key } },
      { tls: { ca, key: ours.key } },
      { tls: { ca: "/etc/ca.pem" } },
      { database: "No Name", password: secret },
    ];
    for (const options of wrong) {
      const error: unknown = await openImmudbEventStore({ ...fresh(), ...options }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(unavailable|invalid_request)$/) as unknown });
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toContain(secret);
      for (const { key } of [ours, stranger, authority]) expect(shown).not.toContain(key.slice(40, 90));
    }
  }, 30_000);
});
