import { defaultMaxCommandBytes, subjectOf } from "@aethyr/protocol";
import type { StoredMsg } from "@nats-io/jetstream";
import type { DeadLetter, KeptLetter } from "../bus.ts";
import { checkRetryable, storable } from "../dead-letter.ts";
import { headerRoom, type Link } from "./connection.ts";
import { feedState } from "./feed-index.ts";
import { ifOurs, letterHeaders, letterOf, received, resentHeaders } from "./messages.ts";
import { isMessageGone } from "./nats-errors.ts";

export type LettersKept = {
  keep(letter: DeadLetter): Promise<void>;
  newest(limit: number): Promise<readonly KeptLetter[]>;
  find(number: number): Promise<KeptLetter | undefined>;
  retry(number: number): Promise<boolean>;
  drop(number: number): Promise<boolean>;
};

/** A letter's number is its place in the stream. */
export function createLettersKept(link: Link, world: string, stream: string): LettersKept {
  const at = async (seq: number): Promise<KeptLetter | undefined> => {
    const message = await link.manager.streams.getMessage(stream, { seq });
    return message === null ? undefined : ifOurs(received(message), (the) => ({ ...letterOf(the), ...placeOf(message) }));
  };
  const isPlace = (number: number): boolean => Number.isSafeInteger(number) && number > 0;
  const find = async (number: number): Promise<KeptLetter | undefined> => (isPlace(number) ? at(number) : undefined);

  const drop = async (number: number): Promise<boolean> => {
    if (!isPlace(number)) return false;
    try {
      return await link.manager.streams.deleteMessage(stream, number);
    } catch (error) {
      if (isMessageGone(error)) return false;
      throw error;
    }
  };

  return {
    keep: async (letter) => {
      // What the server took as a command, with few headers, may be too large for it with those of a letter.
      const room = (link.nats.info?.max_payload ?? link.maxBytes + headerRoom) - headerRoom;
      // And what is larger than a command is none, of which a part tells enough.
      const kept = storable(letter, Math.min(link.maxBytes, room, defaultMaxCommandBytes));
      // A "duplicate" is this very letter, which was published twice on its way: it lies there.
      await link.stream.publish(subjectOf("dead-letter", world, kept.target), kept.bytes, { headers: letterHeaders(kept) });
    },
    newest: async (limit) => {
      const { first, last } = await feedState(link, stream);
      const letters: KeptLetter[] = [];
      for (let seq = last; seq >= first && letters.length < limit; seq -= 1) {
        const letter = await at(seq);
        if (letter !== undefined) letters.push(letter);
      }
      return letters;
    },
    find,
    retry: async (number) => {
      const letter = await find(number);
      if (letter === undefined) return false;
      checkRetryable(letter);
      // Once this is answered the command lies on the lane, or has lain there, where an earlier call could not drop its letter.
      await link.stream.publish(subjectOf("queue", world, letter.target), letter.bytes, { headers: resentHeaders(letter, stream) });
      return drop(number);
    },
    drop,
  };
}

const placeOf = ({ seq, time }: StoredMsg): { readonly number: number; readonly at: string } => ({ number: seq, at: time.toISOString() });
