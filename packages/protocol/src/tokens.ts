import { isAggregateId, isAggregateType } from "@aethyr/kernel";
import { InvalidSubjectError } from "./errors.ts";

const worldName = /^[a-z0-9-]{1,32}$/;

export const isWorldName = (text: string): boolean => worldName.test(text);

/** A world as a token of a subject. Throws `InvalidSubjectError`. */
export function worldToken(world: string): string {
  if (!isWorldName(world)) throw new InvalidSubjectError("world", world);
  return world;
}

/** A type as a token of a subject. Throws `InvalidSubjectError`. */
export function typeToken(type: string): string {
  if (!isAggregateType(type)) throw new InvalidSubjectError("type", type);
  return escaped(type);
}

/** An id as a token of a subject. Throws `InvalidSubjectError`. */
export function idToken(id: string): string {
  if (!isAggregateId(id)) throw new InvalidSubjectError("id", id);
  return escaped(id);
}

// A percent sign is no character of a type or an id, so the escape needs no escape of its own, and what is left of one is refused.
const escaped = (text: string): string => (text.includes(".") ? text.replaceAll(".", "%2E") : text);

export const unescaped = (token: string): string => (token.includes("%") ? token.replaceAll("%2E", ".") : token);
