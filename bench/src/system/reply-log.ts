import { decodeReply, type ContentType, type Payload } from "@aethyr/protocol";
import type { AcceptedCommand } from "../history/check-history.ts";
import { acceptedCommand } from "../history/check-store.ts";

const chunkBytes = 4 * 1024 * 1024;

/**
 * Keeps replies for the history check as the bytes that they came in. As objects, hundreds of thousands of them would be moved about by the
 * garbage collector while it is measured what a command costs.
 */
export type ReplyLog = {
  readonly keep: (payload: Payload) => void;
  readonly size: () => number;
  /** The accepted commands among them, read anew at each call. */
  readonly accepted: () => readonly AcceptedCommand[];
};

export function createReplyLog(contentType: ContentType): ReplyLog {
  const chunks: Buffer[] = [];
  let free = 0;
  let kept = 0;

  return {
    keep({ bytes }) {
      const size = bytes.length + 4;
      if (free < size) {
        free = Math.max(chunkBytes, size);
        chunks.push(Buffer.alloc(free));
      }
      const chunk = chunks.at(-1)!;
      const at = chunk.length - free;
      chunk.writeUInt32LE(bytes.length, at);
      chunk.set(bytes, at + 4);
      free -= size;
      kept += 1;
    },
    size: () => kept,
    accepted() {
      const all: AcceptedCommand[] = [];
      for (const chunk of chunks) {
        // No reply is empty: a length of 0 is where the chunk has not been written.
        for (let at = 0; at + 4 <= chunk.length;) {
          const length = chunk.readUInt32LE(at);
          if (length === 0) break;
          const reply = decodeReply({ bytes: chunk.subarray(at + 4, at + 4 + length), contentType });
          if (reply.code === "accepted") all.push(acceptedCommand(reply));
          at += 4 + length;
        }
      }
      return all;
    },
  };
}
