import { isAggregateId, isAggregateType, type Ref, ref } from "@aethyr/kernel";
import { mostPartitions } from "./partition.ts";
import { idToken, isWorldName, typeToken, unescaped, worldToken } from "./tokens.ts";

/** First token of a subject, by what travels on it. */
const roots = { queue: "cmd", request: "req", event: "evt", "dead-letter": "dlq" } as const;

export type SubjectKind = keyof typeof roots;
/** What commands travel on: a partition may stand in its subjects. */
export type LaneKind = "queue" | "request";
export type Subject = {
  readonly kind: SubjectKind;
  readonly world: string;
  readonly target: Ref;
  /** Where the subject names one. Whether it is that of the aggregate is not looked at. */
  readonly partition?: number;
};

const kinds = new Map<string, SubjectKind>(Object.entries(roots).map(([kind, root]) => [root, kind as SubjectKind]));

/**
 * The subject of one aggregate, `<root>.<world>.<type>.<id>`, such as `cmd.midgaard.room.hall`. Dots inside a type or an id are written
 * `%2E`. Throws `InvalidSubjectError` for a world, type or id outside its characters, so that no wildcard gets into a subject.
 */
export function subjectOf(kind: SubjectKind, world: string, target: Ref): string {
  return `${roots[kind]}.${worldToken(world)}.${typeToken(target.type)}.${idToken(target.id)}`;
}

/** The same with the partition in it, `<root>.<world>.<partition>.<type>.<id>`: where the owner of the partition listens. */
export function partitionedSubjectOf(kind: LaneKind, world: string, partition: number, target: Ref): string {
  return `${roots[kind]}.${worldToken(world)}.${partition}.${typeToken(target.type)}.${idToken(target.id)}`;
}

/** What to subscribe to for a whole world, or for one type of aggregate in it. */
export function subjectFilter(kind: SubjectKind, world: string, type?: string): string {
  return `${roots[kind]}.${worldToken(world)}.${type === undefined ? "*" : typeToken(type)}.*`;
}

/** What to subscribe to for one partition of a world, or for all of them. */
export function partitionFilter(kind: LaneKind, world: string, partition?: number): string {
  return `${roots[kind]}.${worldToken(world)}.${partition ?? "*"}.*.*`;
}

/** How NATS puts the partition into the subjects of a lane, as a transform of a stream or a mapping of a server. */
export function partitionMapping(kind: LaneKind, world: string, partitions: number): { readonly src: string; readonly dest: string } {
  const root = `${roots[kind]}.${worldToken(world)}`;
  return { src: `${root}.*.*`, dest: `${root}.{{partition(${partitions},1,2)}}.{{wildcard(1)}}.{{wildcard(2)}}` };
}

/** `own.<world>.<partition>`: where other hosts ask whoever has a partition. Throws `InvalidSubjectError`. */
export const ownerSubject = (world: string, partition: number): string => `own.${worldToken(world)}.${partition}`;

/** The inverse of `subjectOf` and `partitionedSubjectOf`; undefined for every text that neither makes. */
export function parseSubject(subject: string): Subject | undefined {
  const tokens = subject.split(".", 6);
  if (tokens.length === 4) return parsed(tokens);
  if (tokens.length !== 5) return undefined;
  const [text = ""] = tokens.splice(2, 1);
  const the = partitionText.test(text) && Number(text) < mostPartitions ? parsed(tokens) : undefined;
  return the?.kind === "queue" || the?.kind === "request" ? { ...the, partition: Number(text) } : undefined;
}

const partitionText = /^(?:0|[1-9]\d{0,2})$/;

function parsed([root = "", world = "", typeText = "", idText = ""]: readonly string[]): Subject | undefined {
  const kind = kinds.get(root);
  const type = unescaped(typeText);
  const id = unescaped(idText);
  if (kind === undefined || !isWorldName(world)) return undefined;
  if (!isAggregateType(type) || !isAggregateId(id)) return undefined;
  return { kind, world, target: ref(type, id) };
}
