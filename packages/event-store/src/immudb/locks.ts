import type { PreparedCommit } from "../prepare.ts";

/** Streams and commands that a commit is about: those that it changes, and those that it only reads. */
export type LockSet = { readonly written: readonly string[]; readonly read: readonly string[] };

/** Who may go side by side: readers of a stream may, a writer goes alone. */
export type Locks = {
  add(set: LockSet): void;
  remove(set: LockSet): void;
  collide(set: LockSet): boolean;
};

/** A stream's path has a slash and a command is marked by a character that no path has, so the two cannot be taken for each other. */
export function locksOf({ writes, asserts, command }: PreparedCommit): LockSet {
  const written = writes.map(({ path }) => path);
  if (command) written.push(`#${command.id}`);
  return { written, read: asserts.map(({ path }) => path) };
}

export function createLocks(): Locks {
  const written = new Map<string, number>();
  const read = new Map<string, number>();
  const count = (counts: Map<string, number>, names: readonly string[], by: 1 | -1): void => {
    for (const name of names) {
      const next = (counts.get(name) ?? 0) + by;
      if (next > 0) counts.set(name, next);
      else counts.delete(name);
    }
  };
  return {
    add: (set) => {
      count(written, set.written, 1);
      count(read, set.read, 1);
    },
    remove: (set) => {
      count(written, set.written, -1);
      count(read, set.read, -1);
    },
    collide: (set) => set.written.some((name) => written.has(name) || read.has(name)) || set.read.some((name) => written.has(name)),
  };
}
