import { BusBusyError } from "../errors.ts";

/** Lets calls through, and refuses with `busy` who would be one too many at once, so that memory has bounds. */
export function createCounted(most: number, what: string): <T>(call: () => Promise<T>) => Promise<T> {
  let count = 0;
  return async (call) => {
    if (count >= most) throw new BusBusyError(`${count} ${what} of this connection are on their way`);
    count += 1;
    try {
      return await call();
    } finally {
      count -= 1;
    }
  };
}
