import { AggregateId, AggregateType, type Ref, ref } from "@aethyr/kernel";
import { InvalidSubjectError } from "./errors.ts";

/** First token of a subject, by what travels on it. */
const roots = { queue: "cmd", request: "req", event: "evt", "dead-letter": "dlq" } as const;

export type SubjectKind = keyof typeof roots;
export type Subject = { readonly kind: SubjectKind; readonly world: string; readonly target: Ref };

const kinds = new Map<string, SubjectKind>(Object.entries(roots).map(([kind, root]) => [root, kind as SubjectKind]));
const worldName = /^[a-z0-9-]{1,32}$/;

export const isWorldName = (text: string): boolean => worldName.test(text);

/**
 * The subject of one aggregate, `<root>.<world>.<type>.<id>`, such as `cmd.midgaard.room.hall`. Dots inside a type or an id are written
 * `%2E`. Throws `InvalidSubjectError` for a world, type or id outside its characters, so that no wildcard gets into a subject.
 */
export function subjectOf(kind: SubjectKind, world: string, target: Ref): string {
  return `${roots[kind]}.${worldToken(world)}.${typeToken(target.type)}.${idToken(target.id)}`;
}

/** What to subscribe to for a whole world, or for one type of aggregate in it. */
export function subjectFilter(kind: SubjectKind, world: string, type?: string): string {
  return `${roots[kind]}.${worldToken(world)}.${type === undefined ? "*" : typeToken(type)}.*`;
}

/** The inverse of `subjectOf`; undefined for every text that `subjectOf` does not make. */
export function parseSubject(subject: string): Subject | undefined {
  const tokens = subject.split(".", 5);
  if (tokens.length !== 4) return undefined;
  const [root = "", world = "", typeText = "", idText = ""] = tokens;
  const kind = kinds.get(root);
  const type = unescaped(typeText);
  const id = unescaped(idText);
  if (kind === undefined || !isWorldName(world)) return undefined;
  if (!AggregateType.safeParse(type).success || !AggregateId.safeParse(id).success) return undefined;
  return { kind, world, target: ref(type, id) };
}

function worldToken(world: string): string {
  if (!isWorldName(world)) throw new InvalidSubjectError("world", world);
  return world;
}

function typeToken(type: string): string {
  if (!AggregateType.safeParse(type).success) throw new InvalidSubjectError("type", type);
  return escaped(type);
}

function idToken(id: string): string {
  if (!AggregateId.safeParse(id).success) throw new InvalidSubjectError("id", id);
  return escaped(id);
}

// A percent sign is no character of a type or an id, so the escape needs no escape of its own, and what is left of one is refused.
const escaped = (text: string): string => (text.includes(".") ? text.replaceAll(".", "%2E") : text);

const unescaped = (token: string): string => (token.includes("%") ? token.replaceAll("%2E", ".") : token);
