import type { EventObject } from "xstate";
import type { AggregateKind, CommandKind, Domain } from "./domain.ts";
import { InvalidDecisionError, TooManyParticipantsError } from "./errors.ts";
import { asJson, type Json } from "./json.ts";
import type { Party } from "./party.ts";
import { pathOf, type Ref } from "./ref.ts";
import type { Addressed, Facts, Rejection, View } from "./view.ts";

/** Events of one aggregate, checked against their schemas and ready for its chart. */
export type Change = { readonly ref: Ref; readonly events: readonly { readonly type: string; readonly data: Json }[] };
/** A participant that was read and not changed, and what of it must still hold at the commit. */
export type Read = { readonly ref: Ref; readonly asserts: "version" | "alive" };

/** Where deciding a command has come to. */
export type Step =
  /** These aggregates must be loaded first; then ask again. */
  | { readonly kind: "needs"; readonly refs: readonly Ref[] }
  | ({ readonly kind: "rejected" } & Rejection)
  | { readonly kind: "not_found"; readonly message: string }
  /** No changes: everything is as the command wants it already. */
  | { readonly kind: "decided"; readonly changes: readonly Change[]; readonly reads: readonly Read[] };

type Asked = {
  readonly domain: Domain;
  readonly command: CommandKind;
  readonly target: Ref;
  /** As the command's schema gave it, with sealed fields sealed. */
  readonly input: unknown;
  readonly facts: Facts;
  /** The state of an aggregate, or undefined where it is not loaded yet. */
  readonly view: (ref: Ref) => View | undefined;
};

/**
 * Decides a command as far as what is loaded allows. Pure. Throws `TooManyParticipantsError`, `InvalidDecisionError` (events that are not
 * the aggregate's, or data that their schema refuses), and what the rule itself throws.
 */
export function decide(asked: Asked): Step {
  const { command, target, view, input } = asked;
  const self = view(target);
  if (self === undefined) return { kind: "needs", refs: [target] };
  if (command.creates) {
    if (self.version > 0)
      return {
        kind: "rejected",
        rejected: "already_exists",
        message: `${pathOf(target)} ${self.ended ? "was deleted, and its id is not used again" : "exists already"}`,
      };
  } else if (!self.exists) {
    return { kind: "not_found", message: `${pathOf(target)} ${self.ended ? "was deleted" : "does not exist"}` };
  }
  const gathered = gather(asked, self);
  if ("needs" in gathered) return { kind: "needs", refs: gathered.needs };
  const decision = command.decide({ self, input, facts: asked.facts, ...gathered.views } as Parameters<CommandKind["decide"]>[0]);
  if ("rejected" in decision) return { kind: "rejected", ...decision };
  return settle(asked, gathered.seen, decision);
}

type Seen = Map<string, Read>;

/** The views of all parties, or those that are still to be loaded. */
function gather(
  { command, target, view, input }: Asked,
  self: View,
): { needs: readonly Ref[] } | { views: Record<string, unknown>; seen: Seen } {
  const seen: Seen = new Map([[pathOf(target), { ref: target, asserts: "version" }]]);
  let views: Record<string, unknown> = {};
  // Each round shows the rule what was found so far; it ends with a round that names the same parties as the one before it.
  for (let round = 0, before = ""; ; round += 1) {
    const wanted = command.participants({ self, input, ...views } as Parameters<CommandKind["participants"]>[0]);
    const missing: Ref[] = [];
    const named: string[] = [];
    const found: Record<string, unknown> = {};
    for (const [name, party] of Object.entries(command.parties)) {
      const refs = listed(wanted[name]).map((ref) => checked(command, name, party, ref));
      for (const ref of refs) {
        note(seen, { ref, asserts: party.asserts });
        named.push(`${name}=${pathOf(ref)}`);
      }
      const loaded = refs.map(view);
      missing.push(...refs.filter((_, index) => loaded[index] === undefined));
      found[name] = party.many ? loaded.filter((each) => each !== undefined) : loaded[0];
    }
    if (seen.size > command.limit || round > command.limit)
      throw new TooManyParticipantsError({ command: command.name, limit: command.limit });
    if (missing.length > 0) return { needs: missing };
    views = found;
    const now = named.join(" ");
    if (now === before) return { views, seen };
    before = now;
  }
}

function listed(wanted: Ref | readonly Ref[] | null | undefined): readonly Ref[] {
  if (wanted === null || wanted === undefined) return [];
  return "type" in wanted ? [wanted] : wanted;
}

function checked(command: CommandKind, name: string, party: Party, ref: Ref): Ref {
  if (!party.kinds.includes(ref.type))
    throw new InvalidDecisionError(`${command.name} names ${pathOf(ref)} as ${name}, which is ${party.kinds.join(" or ")}`, {
      party: name,
      ref: pathOf(ref),
    });
  return ref;
}

/** Whoever is seen by version in one role and as merely alive in another is asserted by version. */
function note(seen: Seen, read: Read): void {
  const path = pathOf(read.ref);
  if (seen.get(path)?.asserts !== "version") seen.set(path, read);
}

function settle({ domain, command, target, view }: Asked, seen: Seen, decision: readonly (EventObject | Addressed)[]): Step {
  const changes = new Map<string, { ref: Ref; events: { type: string; data: Json }[] }>();
  const add = (ref: Ref, event: EventObject) => {
    const path = pathOf(ref);
    if (!seen.has(path))
      throw new InvalidDecisionError(`${command.name} decided ${event.type} for ${path}, which is no participant`, {
        command: command.name,
        ref: path,
      });
    const change = changes.get(path) ?? { ref, events: [] };
    change.events.push({ type: event.type, data: checkedData(domain.aggregates.get(ref.type), path, event) });
    changes.set(path, change);
  };
  for (const each of decision) {
    if ("to" in each) for (const event of (each as Addressed).events) add((each as Addressed).to, event);
    else add(target, each as EventObject);
  }
  if (changes.size === 0) return { kind: "decided", changes: [], reads: [] };
  const reads = [...seen.values()]
    .filter(({ ref }) => !changes.has(pathOf(ref)))
    // Whoever was not there when the rule went ahead cannot stay alive: what the rule saw is its version.
    .map((read): Read => (view(read.ref)?.exists === true ? read : { ...read, asserts: "version" }));
  return { kind: "decided", changes: [...changes.values()], reads };
}

function checkedData(kind: AggregateKind | undefined, path: string, event: EventObject): Json {
  const known = kind?.events.get(event.type);
  if (known === undefined) throw new InvalidDecisionError(`${event.type} is no event of ${path}`, { ref: path, event: event.type });
  const parsed = known.schema.safeParse((event as { data?: unknown }).data);
  if (!parsed.success)
    throw new InvalidDecisionError(
      `${event.type} for ${path} does not fit its schema: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`,
      { ref: path, event: event.type },
    );
  return asJson(parsed.data);
}
