import type { EventObject } from "xstate";
import type { Ref } from "./ref.ts";
import type { View } from "./view.ts";

/** What of an aggregate's definition is needed to see it from outside. */
export type Seen<S = unknown, E extends EventObject = never> = { readonly type: string; readonly "~view"?: View<S, E> };
export type ViewOf<A> = A extends { readonly "~view"?: infer V } ? NonNullable<V> : never;

/**
 * Someone else whom a command concerns. Where it is only read, the commit asserts what the rule saw: its exact version, or merely that it
 * is alive, so that an unrelated change to it (someone walks into the room) does not turn the command away.
 */
export type Party<V = unknown, W = unknown> = {
  readonly kinds: readonly string[];
  readonly asserts: "version" | "alive";
  readonly many: boolean;
  /** Only for the compiler: how rules see the party, and what `participants` names it by. */
  readonly "~view"?: V;
  readonly "~wanted"?: W;
};
/** An aggregate stands for the party of exactly one of its kind, asserted by version. */
export type PartyLike = Party | Seen;
export type Parties = Readonly<Record<string, PartyLike>>;

type PartyViewOf<P> = P extends Party<infer V> ? (P extends { readonly asserts: string } ? V : never) : never;
export type Views<P extends Parties> = {
  readonly [K in keyof P]: P[K] extends { readonly asserts: string } ? PartyViewOf<P[K]> : ViewOf<P[K]> | undefined;
};
export type Wanted<P extends Parties> = {
  readonly [K in keyof P]?: P[K] extends Party<unknown, infer W>
    ? unknown extends W
      ? Ref | null | undefined
      : W
    : Ref | null | undefined;
};

type One<V> = Party<V | undefined, Ref | null | undefined>;

/** A party that need only stay alive. */
export function alive<A extends readonly Seen[]>(...kinds: A): One<ViewOf<A[number]>> {
  return { kinds: kinds.map(({ type }) => type), asserts: "alive", many: false };
}

/** A party that may be of several kinds, asserted by version. */
export function oneOf<A extends readonly Seen[]>(...kinds: A): One<ViewOf<A[number]>> {
  return { kinds: kinds.map(({ type }) => type), asserts: "version", many: false };
}

/** Any number of parties of these kinds, each asserted by version. */
export function many<A extends readonly Seen[]>(...kinds: A): Party<readonly ViewOf<A[number]>[], readonly Ref[]> {
  return { kinds: kinds.map(({ type }) => type), asserts: "version", many: true };
}

export function partyOf(party: PartyLike): Party {
  return "asserts" in party ? party : { kinds: [party.type], asserts: "version", many: false };
}
