import { randomBytes } from "node:crypto";
import type { KeyStore } from "@aethyr/kernel";
import { checkSubject, KeyForgottenError, KeyStoreClosedError } from "./errors.ts";

/** Keys in memory, gone with the process: for tests and for worlds that record nothing. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<string, Uint8Array | "forgotten">();
  let closed = false;

  const whileOpen = async <T>(subject: string, work: (subject: string) => T): Promise<T> => {
    if (closed) throw new KeyStoreClosedError();
    return work(checkSubject(subject));
  };

  return {
    obtain: (of) =>
      whileOpen(of, (subject) => {
        const key = keys.get(subject) ?? randomBytes(32);
        if (key === "forgotten") throw new KeyForgottenError(subject);
        keys.set(subject, key);
        return Uint8Array.from(key);
      }),
    find: (of) =>
      whileOpen(of, (subject) => {
        const key = keys.get(subject);
        return key === undefined || key === "forgotten" ? undefined : Uint8Array.from(key);
      }),
    forget: (of) =>
      whileOpen(of, (subject) => {
        const key = keys.get(subject);
        if (key instanceof Uint8Array) key.fill(0);
        keys.set(subject, "forgotten");
      }),
    close: async () => {
      closed = true;
    },
  };
}
