import { readFile } from "node:fs/promises";
import type { ImmudbPlace } from "@aethyr/event-store/immudb";
import { isTlsDescribed } from "../config/contradictions.ts";
import type { Config } from "../config/schema.ts";
import { ImmudbSettingsError } from "../errors.ts";
import { immudbFile, readImmudbFile, writeImmudbFile } from "./immudb-files.ts";

export type ImmudbConfig = Pick<Config, "data" | "world" | "immudb">;

const defaultImmudbAddress = "127.0.0.1:3322";

/** Names that follow from the world's, where none are configured. */
export function immudbNames({ world, immudb }: Pick<ImmudbConfig, "world" | "immudb">) {
  const database = immudb.database ?? world.replaceAll("-", "_");
  return { database, username: immudb.username ?? `${database}_append`, readUsername: `${database}_read` };
}

/** Where the world's ImmuDB is: as configured, else as `aethyr store init` was told, else the data folder's own, else where one is by itself. */
export const immudbAddress = async ({ data, immudb }: Pick<ImmudbConfig, "data" | "immudb">): Promise<string> =>
  immudb.address ?? (await readImmudbFile(data, "address")) ?? (await readImmudbFile(data, "managed-address")) ?? defaultImmudbAddress;

/** Keeps the address of the server that runs for a data folder. Rejects with `data_folder_unusable`. */
export const rememberManagedImmudb = async (folder: string, address: string): Promise<void> =>
  writeImmudbFile(folder, "managed-address", address);

/** Where the world's events are and who it is there. Rejects with `immudb_settings`, `data_folder_unusable`. */
export async function immudbPlace(config: ImmudbConfig): Promise<ImmudbPlace> {
  const { database, username } = immudbNames(config);
  const tls = await immudbTls(config.immudb);
  return {
    address: await immudbAddress(config),
    database,
    username,
    password: await passwordOf(config),
    ...(tls !== undefined && { tls }),
  };
}

/** The same with the user that may only read, if `aethyr store init` has made one and no other is configured. Rejects as `immudbPlace`. */
export async function immudbReadPlace(config: ImmudbConfig): Promise<ImmudbPlace> {
  const { username, password, passwordFile } = config.immudb;
  const isConfigured = [username, password, passwordFile].some((value) => value !== undefined);
  const kept = isConfigured ? undefined : await readImmudbFile(config.data, "read-password");
  if (kept === undefined) return immudbPlace(config);
  return immudbPlace({ ...config, immudb: { ...config.immudb, username: immudbNames(config).readUsername, password: kept } });
}

async function passwordOf({ data, immudb: { password, passwordFile } }: ImmudbConfig): Promise<string> {
  if (password !== undefined) return password;
  if (passwordFile !== undefined) {
    const text = (await fileText("immudb.passwordFile", passwordFile)).trim();
    if (text !== "") return text;
    throw new ImmudbSettingsError(`immudb.passwordFile: ${passwordFile} is empty: write the password into it`);
  }
  const kept = await readImmudbFile(data, "append-password");
  if (kept !== undefined) return kept;
  throw new ImmudbSettingsError(
    `there is no password for ImmuDB: "npx -y pnpm aethyr store init" makes what a world needs, this password in ${immudbFile(data, "append-password")} among it; or give AETHYR_IMMUDB_USERNAME and AETHYR_IMMUDB_PASSWORD_FILE`,
  );
}

/** How the connection is encrypted, with the text of the files; undefined: not at all. Rejects with `immudb_settings`. */
export async function immudbTls(immudb: Config["immudb"]): Promise<ImmudbPlace["tls"]> {
  const { enabled, ca, certificate, key, serverName } = immudb.tls;
  if (!(enabled ?? isTlsDescribed(immudb))) return undefined;
  return {
    ...(ca !== undefined && { ca: await fileText("immudb.tls.ca", ca) }),
    ...(certificate !== undefined && { certificate: await fileText("immudb.tls.certificate", certificate) }),
    ...(key !== undefined && { key: await fileText("immudb.tls.key", key) }),
    ...(serverName !== undefined && { serverName }),
  };
}

/** The public key that the server's states must be signed with; undefined: any state is taken. Rejects with `immudb_settings`. */
export const pinnedKey = async ({ signingKey }: Config["immudb"]): Promise<string | undefined> =>
  signingKey === undefined ? undefined : fileText("immudb.signingKey", signingKey);

async function fileText(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new ImmudbSettingsError(
      `${key}: ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
      { key, file },
      { cause },
    );
  }
}
