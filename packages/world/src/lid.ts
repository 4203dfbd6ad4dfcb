import type { Json } from "@aethyr/kernel";

/** How a container is shut, as its four numbers say: of the second one the bits 1 (it can be closed), 4 (closed) and 8 (locked). */
export type Lid = { readonly closeable: boolean; readonly state: "open" | "closed" | "locked" };

const bits = { closeable: 1, closed: 4, locked: 8 };

/** What the attribute `values` says; numbers that are not there are 0. */
export function lidOf(values: Json | undefined): Lid {
  const flags = flagsOf(values);
  const isClosed = (flags & bits.closed) !== 0;
  return {
    closeable: (flags & bits.closeable) !== 0,
    state: !isClosed ? "open" : (flags & bits.locked) === 0 ? "closed" : "locked",
  };
}

/** The same numbers, with the lid open or closed. */
export function withLid(values: Json | undefined, state: "open" | "closed"): readonly Json[] {
  const [first = 0, , ...others] = listOf(values);
  const flags = flagsOf(values);
  return [first, state === "open" ? flags & ~bits.closed : flags | bits.closed, ...others];
}

const listOf = (values: Json | undefined): readonly Json[] => (Array.isArray(values) ? (values as readonly Json[]) : []);

function flagsOf(values: Json | undefined): number {
  const flags = listOf(values)[1];
  return typeof flags === "number" ? flags : 0;
}
