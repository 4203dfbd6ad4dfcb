/** Somebody in the world, on any node. */
export type Presence = {
  /** Id of the player. */
  readonly player: string;
  readonly name: string;
  /** Of the connection that plays the character, unique among all nodes; a later one takes over. */
  readonly session: string;
  /**
   * Milliseconds since 1970, UTC, by the clock of the node, and more than that of every session heard of before: of two sessions of one
   * character the one that began later has it, whichever node's clock is behind.
   */
  readonly since: number;
  /** The connection is lost, and the character still there. */
  readonly linkDead: boolean;
};

type Speaker = { readonly player: string; readonly name: string };

/** What nodes tell each other and nobody records. Places are `type/id` paths. */
export type Signal =
  | { readonly kind: "said"; readonly how: "say" | "emote"; readonly from: Speaker; readonly place: string; readonly text: string }
  | { readonly kind: "told"; readonly from: Speaker; readonly to: string; readonly text: string }
  | { readonly kind: "entered"; readonly who: Presence; readonly place: string | null }
  /** The connection was lost, or another one took over the character. */
  | { readonly kind: "link"; readonly who: Presence; readonly place: string | null }
  | { readonly kind: "left"; readonly who: Presence; readonly place: string | null }
  /** Was there all the time, as another node tells: no news to anybody in the room. */
  | { readonly kind: "present"; readonly who: Presence };

/** What is said and who is there, across all nodes of a game. Transient: who was not listening has missed it. */
export type Broadcast = {
  /** Resolves when the listeners of this node have had it; others have it soon. In order, for the signals of one node. */
  send(signal: Signal): Promise<void>;
  /** The handler must not throw. */
  listen(handler: (signal: Signal) => void): { close(): void };
  /** By player. */
  online(): ReadonlyMap<string, Presence>;
  /** The greatest `since` of all sessions that this node has heard of; 0 before the first. */
  latest(): number;
};
