import { z } from "zod";
import type { Presence, Signal } from "../game/broadcast/broadcast.ts";

const Player = z.string().max(200);
const Text = z.string().max(10_000);
const Place = z.string().max(200).nullable();
const Node = z.string().max(100);
const Count = z.int().min(0);
/** The latest time that a date can have: what is later would stand against every log-in to come. */
const Since = z.number().min(0).max(8_640_000_000_000_000);

const PresenceWord = z.object({
  player: Player,
  name: Player,
  session: z.string().max(100),
  since: Since,
  linkDead: z.boolean(),
}) satisfies z.ZodType<Presence>;

const Speaker = z.object({ player: Player, name: Player });
const SignalWord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("said"), how: z.enum(["say", "emote"]), from: Speaker, place: z.string().max(200), text: Text }),
  z.object({ kind: z.literal("told"), from: Speaker, to: Player, text: Text }),
  z.object({ kind: z.literal("entered"), who: PresenceWord, place: Place }),
  z.object({ kind: z.literal("link"), who: PresenceWord, place: Place }),
  z.object({ kind: z.literal("left"), who: PresenceWord, place: Place }),
  z.object({ kind: z.literal("present"), who: PresenceWord }),
]) satisfies z.ZodType<Signal>;

/** What nodes say to each other. `nth` counts the signals of a node from 1: whoever finds one missing asks. */
export const Word = z.discriminatedUnion("word", [
  z.object({ word: z.literal("signal"), node: Node, nth: Count, signal: SignalWord }),
  /** A node lives, and has given so many signals. */
  z.object({ word: z.literal("alive"), node: Node, nth: Count }),
  /** A node, or without one everybody, is asked for the characters of theirs. */
  z.object({ word: z.literal("who"), node: Node, asked: Node.optional() }),
  /** The characters of a node after so many signals, `of` in all, in one or more of these from `at` on. */
  z.object({ word: z.literal("here"), node: Node, nth: Count, at: Count, of: Count, who: z.array(PresenceWord) }),
  /** A node goes; its characters have left before. */
  z.object({ word: z.literal("bye"), node: Node }),
]);
export type Word = Readonly<z.infer<typeof Word>>;

export const encodeWord = (word: Word): string => JSON.stringify(word);

/** Undefined for what is none: anybody may have sent it. */
export function decodeWord(text: string): Word | undefined {
  try {
    return Word.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
