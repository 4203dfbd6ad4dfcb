import type { Presence, Signal } from "../game/broadcast/broadcast.ts";
import type { Word } from "./words.ts";

type Neighbour = {
  heardAt: number;
  /** Signals of it that were heard, or are contained in what it said of itself; -1 before it said anything. */
  nth: number;
  characters: Map<string, Presence>;
  /** What it is saying of itself, in parts. */
  telling: Map<string, Presence>;
};

/** What one node knows of the others: who of theirs is there, after so many of their signals. */
export type Neighbours = {
  /** What follows from a word, in order; `ask` where something of its node was missed, and it is to say who is there. */
  hear(word: Exclude<Word, { readonly word: "who" }>, now: number): { readonly signals: readonly Signal[]; readonly ask: boolean };
  /** Those that were last heard before, and what follows from their end. */
  forget(before: number): readonly { readonly node: string; readonly signals: readonly Signal[] }[];
};

export function createNeighbours(): Neighbours {
  const known = new Map<string, Neighbour>();
  const left = (characters: Iterable<Presence>): readonly Signal[] => [...characters].map((who) => ({ kind: "left", who, place: null }));

  return {
    hear(word, now) {
      const neighbour: Neighbour = known.get(word.node) ?? { heardAt: now, nth: -1, characters: new Map(), telling: new Map() };
      if (word.word === "bye") {
        known.delete(word.node);
        return { signals: left(neighbour.characters.values()), ask: false };
      }
      neighbour.heardAt = now;
      known.set(word.node, neighbour);
      if (word.word === "alive") return { signals: [], ask: word.nth !== neighbour.nth };
      if (word.word === "signal") {
        const ask = word.nth !== neighbour.nth + 1;
        // After a gap it stays behind, until the node has said who is there.
        if (!ask) neighbour.nth = word.nth;
        keep(neighbour.characters, word.signal);
        return { signals: [word.signal], ask };
      }
      if (word.at === 0) neighbour.telling = new Map();
      for (const who of word.who) neighbour.telling.set(who.player, who);
      const signals: Signal[] = word.who.map((who) => ({ kind: "present", who }));
      if (neighbour.telling.size < word.of) return { signals, ask: false };
      // All of it: whoever is not among them has left, and nobody heard it.
      const gone = [...neighbour.characters.values()].filter(({ player, session }) => neighbour.telling.get(player)?.session !== session);
      Object.assign(neighbour, { nth: word.nth, characters: neighbour.telling, telling: new Map() });
      return { signals: [...left(gone), ...signals], ask: false };
    },
    forget(before) {
      const silent = [...known].filter(([, { heardAt }]) => heardAt < before);
      return silent.map(([node, { characters }]) => {
        known.delete(node);
        return { node, signals: left(characters.values()) };
      });
    },
  };
}

/** A node's own signals come in order: the last one about a character holds. */
function keep(characters: Map<string, Presence>, signal: Signal): void {
  if (signal.kind === "said" || signal.kind === "told") return;
  if (signal.kind !== "left") characters.set(signal.who.player, signal.who);
  else if (characters.get(signal.who.player)?.session === signal.who.session) characters.delete(signal.who.player);
}
