import { pathOf } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import type { CommandMessage } from "../bus.ts";
import { BusBusyError, BusUnavailableError } from "../errors.ts";
import { copyOfMessage } from "./copy.ts";
import { createRecentIds } from "../recent-ids.ts";

/** A command from its acceptance to its acknowledgement. */
export type Entry = {
  readonly message: CommandMessage;
  attempts: number;
  done: boolean;
  onReply: ((reply: Payload) => void) | undefined;
};

export type KeptLimits = { readonly kept: number; readonly ofOneAggregate: number; readonly recentIds: number };

/** What the queue lane keeps, over all its partitions. */
export type KeptCommands = {
  /**
   * The entry of a command that is new; undefined for one that is kept or was, unless it is sent `again` on purpose. While the first is kept,
   * a repeat's sender gets its reply. Throws `unavailable` and `busy` when full.
   */
  add(message: CommandMessage, onReply: Entry["onReply"], again: boolean): Entry | undefined;
  done(entry: Entry): void;
};

export function createKeptCommands(limits: KeptLimits): KeptCommands {
  const recent = createRecentIds<string>(limits.recentIds);
  const kept = new Map<string, Entry>();
  const ofAggregate = new Map<string, number>();

  return {
    add(message, onReply, again) {
      const before = kept.get(message.id);
      if (before !== undefined) {
        before.onReply = onReply ?? before.onReply;
        return undefined;
      }
      if (recent.has(message.id) && !again) return undefined;
      if (kept.size >= limits.kept) {
        throw new BusUnavailableError(`the queue lane is full (${limits.kept} commands wait): nothing was kept, try again later`);
      }
      const path = pathOf(message.target);
      const others = ofAggregate.get(path) ?? 0;
      if (others >= limits.ofOneAggregate) throw new BusBusyError(`${others} commands wait for this aggregate`);
      ofAggregate.set(path, others + 1);
      recent.add(message.id);
      const entry: Entry = { message: copyOfMessage(message), attempts: 0, done: false, onReply };
      kept.set(message.id, entry);
      return entry;
    },
    done(entry) {
      entry.done = true;
      kept.delete(entry.message.id);
      const path = pathOf(entry.message.target);
      const left = (ofAggregate.get(path) ?? 0) - 1;
      if (left > 0) ofAggregate.set(path, left);
      else ofAggregate.delete(path);
    },
  };
}
