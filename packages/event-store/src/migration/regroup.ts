import { pathOf, type NewEvent } from "@aethyr/kernel";
import type { Commit, Write } from "../event-store.ts";
import { limits } from "../limits.ts";
import type { LogEntry } from "./log-entries.ts";

type FormingWrite = { readonly path: string; readonly write: Omit<Write, "events"> & { readonly events: NewEvent[]; ends: boolean } };

/** A commit while its entries come in. */
type Forming = { readonly by: string; readonly paths: Set<string>; readonly writes: FormingWrite[]; events: number };

/**
 * Puts the entries of a log together to the commits that they came from. A command's is known by its last entry, and reaches back as far as
 * the events name the command and each stream occurs once; of commits without a command the log does not tell more than the events do.
 */
export function createRegrouping() {
  let forming: Forming | undefined;

  /** The commits that the next entry completes: none, one, or one before it and its own. */
  function take({ event, ends, command }: LogEntry): readonly Commit[] {
    const done: Commit[] = [];
    const path = pathOf(event.stream);
    if (forming && !continues(forming, event.meta.command, path)) done.push(...rest());
    forming ??= { by: event.meta.command, paths: new Set(), writes: [], events: 0 };
    let last = forming.writes.at(-1);
    if (last?.path !== path) {
      last = { path, write: { stream: event.stream, expected: event.version - 1, events: [], ends: false } };
      forming.writes.push(last);
      forming.paths.add(path);
    }
    last.write.events.push(newEvent(event));
    last.write.ends = ends;
    forming.events += 1;
    if (command) {
      done.push({ writes: writesOf(forming), command });
      forming = undefined;
    }
    return done;
  }

  /** The commit that no entry has completed; it has no command. */
  function rest(): readonly Commit[] {
    const commit = forming && { writes: writesOf(forming) };
    forming = undefined;
    return commit ? [commit] : [];
  }

  return { take, rest };
}

const writesOf = ({ writes }: Forming): readonly Write[] => writes.map(({ write }) => write);

const continues = ({ by, paths, writes, events }: Forming, command: string, path: string): boolean =>
  by === command &&
  events < limits.eventsPerAppend &&
  (writes.at(-1)?.path === path || (!paths.has(path) && paths.size < limits.streamsPerCommit));

const newEvent = ({ id, type, schema, machine, time, data, meta }: LogEntry["event"]): NewEvent => ({
  id,
  type,
  schema,
  machine,
  time,
  data,
  meta,
});

/**
 * A commit in two, for a target that takes less at once than the source did: the outcome goes with the second. Undefined for a single event.
 */
export function halves({ writes, command }: Commit): readonly [Commit, Commit] | undefined {
  const events = writes.reduce((sum, write) => sum + write.events.length, 0);
  if (events < 2) return undefined;
  let left = Math.floor(events / 2);
  const first: Write[] = [];
  const second: Write[] = [];
  for (const write of writes) {
    const here = Math.min(left, write.events.length);
    left -= here;
    const [before, after] = [write.events.slice(0, here), write.events.slice(here)];
    if (before.length > 0) first.push({ ...write, events: before, ends: after.length === 0 && write.ends === true });
    if (after.length > 0) second.push({ ...write, expected: Number(write.expected) + here, events: after });
  }
  return [{ writes: first }, { writes: second, ...(command ? { command } : undefined) }];
}
