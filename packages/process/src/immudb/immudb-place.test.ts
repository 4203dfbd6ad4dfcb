import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import { immudbFile, writeImmudbFile } from "./immudb-files.ts";
import { immudbAddress, immudbNames, immudbPlace, pinnedKey, rememberManagedImmudb } from "./immudb-place.ts";
import { startError } from "./open-immudb.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "aethyr-place-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const config = (env: Readonly<Record<string, string>> = {}) => loadConfig({ cwd, env }).config;
const file = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text);
  return join(cwd, name);
};

describe("where a world's ImmuDB is", () => {
  test("without any word on it, on this machine, under the world's name", async () => {
    expect(await immudbAddress(config())).toBe("127.0.0.1:3322");
    expect(immudbNames(config({ AETHYR_WORLD: "mid-gard" }))).toEqual({
      database: "mid_gard",
      username: "mid_gard_append",
      readUsername: "mid_gard_read",
    });
  });

  test("the data folder's own server, else the one that store init was told, else the configured one", async () => {
    const { data } = config();
    await rememberManagedImmudb(data, "127.0.0.1:1");
    expect(await immudbAddress(config())).toBe("127.0.0.1:1");
    await writeImmudbFile(data, "address", "db:2");
    expect(await immudbAddress(config())).toBe("db:2");
    expect(await immudbAddress(config({ AETHYR_IMMUDB_ADDRESS: "db:3" }))).toBe("db:3");
  });

  test("the password is the configured one, that of the file that is named, or the one that store init made", async () => {
    await expect(immudbPlace(config())).rejects.toMatchObject({
      code: "immudb_settings",
      message: expect.stringContaining("store init") as string,
    });
    await writeImmudbFile(config().data, "append-password", "made");
    expect(statSync(immudbFile(config().data, "append-password")).mode & 0o777).toBe(0o600);
    expect(await immudbPlace(config())).toEqual({
      address: "127.0.0.1:3322",
      database: "aethyr",
      username: "aethyr_append",
      password: "made",
    });
    expect(await immudbPlace(config({ AETHYR_IMMUDB_PASSWORD_FILE: file("p", " named\n") }))).toMatchObject({ password: "named" });
    expect(await immudbPlace(config({ AETHYR_IMMUDB_PASSWORD: "given" }))).toMatchObject({ password: "given" });
  });

  test.each([
    ["AETHYR_IMMUDB_PASSWORD_FILE", /immudb\.passwordFile: .*missing cannot be read/],
    ["AETHYR_IMMUDB_TLS_CA", /immudb\.tls\.ca: .*missing cannot be read/],
  ])("a file that %s names and that is not there is told", async (name, message) => {
    await writeImmudbFile(config().data, "append-password", "made");
    await expect(immudbPlace(config({ [name]: "missing" }))).rejects.toThrow(message);
  });

  test("an empty file of the password is told", async () => {
    await expect(immudbPlace(config({ AETHYR_IMMUDB_PASSWORD_FILE: file("p", "\n") }))).rejects.toThrow(/is empty/);
  });

  test("is encrypted if that is said, or if anything is said on how", async () => {
    const tls = async (env: Readonly<Record<string, string>>) => (await immudbPlace(config({ AETHYR_IMMUDB_PASSWORD: "p", ...env }))).tls;
    expect(await tls({})).toBeUndefined();
    expect(await tls({ AETHYR_IMMUDB_TLS_ENABLED: "true" })).toEqual({});
    expect(await tls({ AETHYR_IMMUDB_TLS_SERVER_NAME: "db" })).toEqual({ serverName: "db" });
    expect(
      await tls({
        AETHYR_IMMUDB_TLS_CA: file("ca", "A"),
        AETHYR_IMMUDB_TLS_CERTIFICATE: file("c", "C"),
        AETHYR_IMMUDB_TLS_KEY: file("k", "K"),
      }),
    ).toEqual({ ca: "A", certificate: "C", key: "K" });
  });

  test("the key to pin is read from its file", async () => {
    expect(await pinnedKey(config().immudb)).toBeUndefined();
    expect(await pinnedKey(config({ AETHYR_IMMUDB_SIGNING_KEY: file("s", "PEM") }).immudb)).toBe("PEM");
  });
});

describe("an error at the start", () => {
  const place = { address: "db:1", database: "d", username: "u" };
  const unavailable = (cause: unknown) => Object.assign(new Error("immudb could not", { cause }), { code: "unavailable" });

  test("that the server itself told names user, database and its words", () => {
    const said = Object.assign(new Error("7: permission denied"), { code: 7, details: "permission denied" });
    expect(startError(unavailable(said), place)).toMatchObject({
      code: "immudb_refused",
      message: expect.stringMatching(/db:1 does not let u use the database d: it says "permission denied"/) as string,
    });
  });

  test("of the transport names the address and what it knows", () => {
    const text = "no connection to db:1: 14: No connection established. Last error: Error: connect ECONNREFUSED db:1. Resolution note: ";
    expect(startError(unavailable(new Error(text)), place)).toMatchObject({
      code: "immudb_unreachable",
      message: expect.stringContaining("no ImmuDB answers at db:1 (connect ECONNREFUSED db:1)") as string,
    });
    const lost = Object.assign(new Error("14: read ECONNRESET"), { code: 14, details: "read ECONNRESET" });
    expect(startError(unavailable(lost), place)).toMatchObject({ code: "immudb_unreachable" });
    const late = Object.assign(new Error("4: Deadline exceeded"), { code: 4, details: "Deadline exceeded after 1.143s" });
    expect(startError(unavailable(late), place)).toMatchObject({ code: "immudb_unreachable" });
    expect(startError(unavailable("odd"), place)).toMatchObject({ message: expect.stringContaining("(odd)") as string });
  });

  test("of another kind passes", () => {
    const error = Object.assign(new Error("not ours"), { code: "foreign_store" });
    expect(startError(error, place)).toBe(error);
  });
});
