import type { KeyStore } from "@aethyr/kernel";
import { localLink, openWorkerLink, type Link } from "../sqlite/link.ts";
import type { Threads } from "../sqlite/sqlite-event-store.ts";
import { checkSubject, KeyForgottenError, KeyStoreClosedError } from "./errors.ts";
import { openKeyFile, type KeyFile } from "./key-file.ts";

export type SqliteKeyStoreOptions = {
  /** Folder of `keys.sqlite`, made if needed; one process at a time. Keep it out of the backups of the log: a copy of it undoes `forget`. */
  readonly directory: string;
};

/**
 * Opens the keys in a folder, or makes a file for them, readable by its owner only. A key that was made is on the disk, a forgotten one is
 * overwritten there. Rejects with `store_in_use`, `foreign_store` or `unavailable`.
 */
export const openSqliteKeyStore = (options: SqliteKeyStoreOptions): Promise<KeyStore> => openKeysOnThreads(options, "own");

export async function openKeysOnThreads({ directory }: SqliteKeyStoreOptions, threads: Threads): Promise<KeyStore> {
  const link: Link<KeyFile> =
    threads === "own"
      ? await openWorkerLink<KeyFile>(new URL("./key-worker.ts", import.meta.url), { directory }, () => undefined)
      : localLink(openKeyFile({ directory }));
  let closing: Promise<void> | undefined;

  const open = (subject: string): string => {
    if (closing) throw new KeyStoreClosedError();
    return checkSubject(subject);
  };

  return {
    obtain: async (subject) => {
      const key = await link.call("obtain", open(subject));
      if (key === "forgotten") throw new KeyForgottenError(subject);
      return key;
    },
    find: async (subject) => link.call("find", open(subject)),
    forget: async (subject) => link.call("forget", open(subject)),
    close: () => (closing ??= link.close()),
  };
}
