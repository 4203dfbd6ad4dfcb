import { isAggregateId, isAggregateType, type Ref, ref } from "@aethyr/kernel";
import { idToken, isWorldName, typeToken, unescaped, worldToken } from "./tokens.ts";

/** Word that the log, or one stream of it, has grown: its head's position, or the stream's version. */
export type Hint =
  | { readonly kind: "head"; readonly position: number }
  | { readonly kind: "stream"; readonly stream: Ref; readonly version: number };

/** What to subscribe to for all hints of a world. */
export const hintFilter = (world: string): string => `hint.${worldToken(world)}.>`;

/** `hint.<world>.head` or `hint.<world>.stream.<type>.<id>`. Throws `InvalidSubjectError`. */
export const hintSubject = (world: string, hint: Hint): string =>
  hint.kind === "head"
    ? `hint.${worldToken(world)}.head`
    : `hint.${worldToken(world)}.stream.${typeToken(hint.stream.type)}.${idToken(hint.stream.id)}`;

/** The position or the version, in decimal digits. */
export const encodeHint = (hint: Hint): string => String(hint.kind === "head" ? hint.position : hint.version);

/** The inverse of both; undefined for whatever they do not make. */
export function decodeHint(subject: string, text: string): Hint | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) return undefined;
  const [root, world = "", kind, typeText = "", idText = "", ...rest] = subject.split(".", 6);
  if (root !== "hint" || !isWorldName(world) || rest.length > 0) return undefined;
  if (kind === "head") return typeText === "" && idText === "" ? { kind, position: Number(text) } : undefined;
  const [type, id] = [unescaped(typeText), unescaped(idText)];
  if (kind !== "stream" || !isAggregateType(type) || !isAggregateId(id)) return undefined;
  return { kind, stream: ref(type, id), version: Number(text) };
}
