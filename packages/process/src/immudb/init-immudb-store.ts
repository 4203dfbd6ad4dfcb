import { randomBytes } from "node:crypto";
import { initImmudb, type InitializedUser, type InitReport } from "@aethyr/event-store/immudb";
import { ImmudbSettingsError } from "../errors.ts";
import { immudbFile, readImmudbFile, settlePassword, writeImmudbFile, type PasswordFile } from "./immudb-files.ts";
import { immudbAddress, immudbNames, immudbTls, type ImmudbConfig } from "./immudb-place.ts";
import { startError } from "./open-immudb.ts";

export type Administrator = { readonly username: string; readonly password: string };

export type InitStoreOptions = {
  readonly config: ImmudbConfig;
  readonly administrator: Administrator;
  /** Of a server that is not the data folder's own; kept for later starts. Default: as configured, else as known. */
  readonly address?: string;
  /** Gives the users new passwords, also where they have some: who uses the old ones is locked out. */
  readonly newPasswords?: boolean;
};

/** A user of the log. `file`: where its password is kept now; undefined: it has one already, which nobody told us. */
export type InitializedLogin = {
  readonly username: string;
  readonly state: string;
  readonly may: string;
  readonly file: string | undefined;
};
export type InitStoreReport = {
  readonly address: string;
  readonly databases: InitReport["databases"];
  readonly users: readonly InitializedLogin[];
};

/**
 * Makes ready an ImmuDB for the configured world: databases, a user that may append and one that may only read, and their passwords in files of
 * the data folder. Safe to run again: what is there stays. Rejects with `immudb_settings`, `immudb_unreachable`, `immudb_refused`,
 * `foreign_store`, `data_folder_unusable`.
 */
export async function initImmudbStore({
  config,
  administrator,
  address: told,
  newPasswords = false,
}: InitStoreOptions): Promise<InitStoreReport> {
  const { data, immudb } = config;
  const { database, username, readUsername } = immudbNames(config);
  const address = told ?? (await immudbAddress(config));
  const tls = await immudbTls(immudb);
  const login = async (name: string, file: PasswordFile) => {
    const password = newPasswords ? await nextPassword(data, file) : await readImmudbFile(data, file);
    return password === undefined ? undefined : { username: name, password };
  };
  const [append, read] = [await login(username, "append-password"), await login(readUsername, "read-password")];
  if (append === undefined && username !== `${database}_append`)
    throw new ImmudbSettingsError(
      `immudb.username is ${username}: write a password for it into ${immudbFile(data, "append-password")}, or leave the name out, so that one is made`,
    );
  const place = { address, database, ...administrator };
  const files = { append: "append-password", read: "read-password" } as const;
  /** The server has the password now: only from here on is another one worth nothing. */
  const onUser = async ({ generated }: InitializedUser, may: "append" | "read"): Promise<void> => {
    if (generated !== undefined) await writeImmudbFile(data, files[may], generated);
    await settlePassword(data, files[may], newPasswords ? "keep" : "forget");
  };
  let report: InitReport;
  try {
    report = await initImmudb({
      ...place,
      ...(tls !== undefined && { tls }),
      users: { ...(append !== undefined && { append }), ...(read !== undefined && { read }) },
      onUser,
    });
  } catch (error) {
    throw startError(error, place);
  }
  const kept = async ({ username: name, state }: InitializedUser, file: PasswordFile, may: string): Promise<InitializedLogin> => {
    const known = (await readImmudbFile(data, file)) !== undefined;
    return { username: name, state, may, file: known ? immudbFile(data, file) : undefined };
  };
  const users = [await kept(report.users.append, files.append, "read and append"), await kept(report.users.read, files.read, "read")];
  if (told !== undefined) await writeImmudbFile(data, "address", told);
  return { address, databases: report.databases, users };
}

/** The password that a user is to get, kept before the server hears of it: also the one of an attempt that was interrupted, which it may have taken. */
async function nextPassword(data: string, file: PasswordFile): Promise<string> {
  const begun = await readImmudbFile(data, `${file}.next`);
  if (begun !== undefined) return begun;
  const password = newPassword();
  await writeImmudbFile(data, `${file}.next`, password);
  return password;
}

/** Of all the kinds of characters that immudb may ask for. */
const newPassword = (): string => `Aa1-${randomBytes(24).toString("base64url")}`;
