import { subjectOf } from "@aethyr/protocol";
import type { DeadLetter } from "../bus.ts";
import { storable } from "../dead-letter.ts";
import { headerRoom, type Link } from "./connection.ts";
import { feedState } from "./feed-index.ts";
import { ifOurs, letterHeaders, letterOf, received } from "./messages.ts";

export type DeadLetters = { keep(letter: DeadLetter): Promise<void>; newest(limit: number): Promise<readonly DeadLetter[]> };

export function createDeadLetters(link: Link, world: string, stream: string): DeadLetters {
  return {
    keep: async (letter) => {
      // What the server took as a command, with few headers, may be too large for it with those of a letter.
      const room = (link.nats.info?.max_payload ?? link.maxBytes + headerRoom) - headerRoom;
      const kept = storable(letter, Math.min(link.maxBytes, room));
      await link.stream.publish(subjectOf("dead-letter", world, kept.target), kept.bytes, { headers: letterHeaders(kept) });
    },
    newest: async (limit) => {
      const { first, last } = await feedState(link, stream);
      const letters: DeadLetter[] = [];
      for (let seq = last; seq >= first && letters.length < limit; seq -= 1) {
        const message = await link.manager.streams.getMessage(stream, { seq });
        const letter = message === null ? undefined : ifOurs(received(message), letterOf);
        if (letter !== undefined) letters.push(letter);
      }
      return letters;
    },
  };
}
