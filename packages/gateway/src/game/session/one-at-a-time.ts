import { CredentialsBusyError } from "../errors.ts";

/** Runs what has one key one after another. Of more than so many that wait, the next is refused as `credentials_busy`. */
export function createOneAtATime({ waiting }: { readonly waiting: number }) {
  const lines = new Map<string, (() => void)[]>();
  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = lines.get(key);
    if (line === undefined) lines.set(key, []);
    else if (line.length >= waiting) throw new CredentialsBusyError("player");
    else await new Promise<void>((go) => line.push(go));
    try {
      return await work();
    } finally {
      const next = lines.get(key)?.shift();
      if (next === undefined) lines.delete(key);
      else next();
    }
  };
}
