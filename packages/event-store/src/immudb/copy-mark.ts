import { z } from "zod";
import { CorruptStoreError } from "../errors.ts";
import { copyMarkKey, textOf } from "./keys.ts";
import { encodeSet } from "./messages.ts";
import type { Session } from "./session.ts";

/** Says in a log that it is a copy which is not known to be whole yet, so that nobody takes it for a world's log. */
export type CopyMark = {
  /** What it is being copied from, as whoever began said it; undefined where nothing is. */
  source(): Promise<string | undefined>;
  begin(source: string): Promise<void>;
  /** The copy was found to be whole. */
  end(): Promise<void>;
};

const Mark = z.object({ source: z.string().optional() });

/** The mark of a log in immudb, in the log itself: it goes wherever the log goes. */
export function createCopyMark(log: Session): CopyMark {
  const write = async (mark: z.infer<typeof Mark>): Promise<void> => {
    await log.set(encodeSet([{ key: copyMarkKey, value: Buffer.from(JSON.stringify(mark)) }], []));
  };
  const read = async (): Promise<string | undefined> => {
    const found = await log.get(copyMarkKey);
    if (found === undefined) return undefined;
    try {
      return Mark.parse(JSON.parse(textOf(found.value))).source;
    } catch (cause) {
      throw new CorruptStoreError(`the record ${textOf(copyMarkKey)} of the log cannot be read`, {}, { cause });
    }
  };
  return {
    source: read,
    begin: async (source) => {
      if ((await read()) !== source) await write({ source });
    },
    end: async () => {
      if ((await read()) !== undefined) await write({});
    },
  };
}
