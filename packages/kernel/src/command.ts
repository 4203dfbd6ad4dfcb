import type { EventObject } from "xstate";
import type { z } from "zod";
import type { Parties, Party, Views, Wanted } from "./party.ts";
import { partyOf } from "./party.ts";
import type { Ref } from "./ref.ts";
import type { Decision, Facts, View } from "./view.ts";

/** What a rule is given: the aggregate itself, the command's input, the facts, and the parties by name. */
export type Given<Self extends View, I, P extends Parties> = { readonly self: Self; readonly input: I; readonly facts: Facts } & Views<P>;
/** What `participants` is given: the parties that are loaded so far. */
export type Loaded<Self extends View, I, P extends Parties> = { readonly self: Self; readonly input: I } & Partial<Views<P>>;

/** How one command of an aggregate is decided. */
export type Rule<E extends EventObject, S, I extends z.ZodType, P extends Parties> = {
  readonly input: I;
  /** The command makes the aggregate: refused with `already_exists` where there is one. Any other is refused with `not_found` where there is none. */
  readonly creates?: boolean;
  /** Others whom the command concerns. */
  readonly parties?: P;
  /**
   * Names the parties. Called again with what was loaded until it asks for nothing new, so that it may go step by step (an item's
   * holder, a container's parents). A party not named is `undefined` to the rule.
   */
  readonly participants?: (the: Loaded<View<S, E>, z.infer<I>, NoInfer<P>>) => Wanted<NoInfer<P>>;
  /** At most this many participants, the aggregate itself included; default 64. */
  readonly limit?: number;
  /** Total: events, nothing, or a rejection. It never throws for a rule, never awaits, knows nothing but what it is given. */
  readonly decide: (the: Given<View<S, E>, z.infer<I>, NoInfer<P>>) => Decision<E>;
};

/** A rule as the runtime runs it. `I` is only for the compiler: what a sender gives as its input. */
export type Command<I = unknown> = {
  readonly input: z.ZodType;
  readonly creates: boolean;
  readonly parties: Readonly<Record<string, Party>>;
  readonly participants: (the: Loaded<View, unknown, Parties>) => Readonly<Record<string, Ref | readonly Ref[] | null | undefined>>;
  readonly limit: number;
  readonly decide: (the: Given<View, unknown, Parties>) => Decision;
  readonly "~input"?: I;
};

export function commandOf<E extends EventObject, S, I extends z.ZodType, P extends Parties>(rule: Rule<E, S, I, P>): Command<z.input<I>> {
  const parties = Object.fromEntries(Object.entries(rule.parties ?? {}).map(([name, party]) => [name, partyOf(party)]));
  const erased = {
    input: rule.input,
    creates: rule.creates ?? false,
    parties,
    participants: rule.participants ?? (() => ({})),
    limit: rule.limit ?? 64,
    decide: rule.decide,
  };
  // The one place where a rule's own types are set aside: the domain hands it views of exactly the kinds that it declared.
  return erased as unknown as Command<z.input<I>>;
}
