import type { Attributes, Direction, Exit, Slot } from "@aethyr/world";

/** A room, a thing, a player as the game shows them: what the log says of each, up to the view's position. */
export type SeenRoom = {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: Attributes;
  readonly exits: Readonly<Partial<Record<Direction, Exit>>>;
};

export type SeenThing = {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly generic: string;
  readonly attributes: Attributes;
  /** `type/id` of the room, player or thing that it is in; null is nowhere. */
  readonly containerId: string | null;
};

export type SeenPlayer = {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly admin: boolean;
  readonly containerId: string | null;
  /** Null for who stands; `seatId` is null on the ground. */
  readonly sitting: { readonly seatId: string | null } | null;
  readonly pose: string;
};

export type Worn = { readonly slot: Slot; readonly thing: SeenThing };
