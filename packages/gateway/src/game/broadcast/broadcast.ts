/** Somebody in the world, on any node. */
export type Presence = {
  /** Id of the player. */
  readonly player: string;
  readonly name: string;
  /** Of the connection that plays the character, unique among all nodes; a later one takes over. */
  readonly session: string;
  /** Milliseconds since 1970, UTC. */
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
  | { readonly kind: "left"; readonly who: Presence; readonly place: string | null };

/** What is said and who is there, across all nodes of a game. Transient: who was not listening has missed it. */
export type Broadcast = {
  /** Resolves when the listeners of this node have had it; others have it soon. In order, for the signals of one node. */
  send(signal: Signal): Promise<void>;
  /** The handler must not throw. */
  listen(handler: (signal: Signal) => void): { close(): void };
  /** By player. */
  online(): ReadonlyMap<string, Presence>;
};
