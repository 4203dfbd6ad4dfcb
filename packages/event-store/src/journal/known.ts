import type { Json } from "@aethyr/kernel";
import type { CommitResult, StreamHead } from "../event-store.ts";
import type { PreparedCommit } from "../prepare.ts";
import { createBoundedMap } from "./bounded-map.ts";

type Recorded = { readonly outcome: Json; readonly position: number };

/** Commits on their way to the log: exactly one of these ends it. */
export type Passage = {
  answered(results: readonly CommitResult[]): void;
  /** None of them was made. */
  refused(): void;
  /** It is not known what became of them. */
  unanswered(): void;
};

/**
 * What this process knows of the log without asking it: where streams stand that it wrote or asked for, and the newest commands that it
 * saw recorded. Of what is on its way to the log, or was without an answer, nothing is known.
 */
export type Known = {
  head(path: string): StreamHead | undefined;
  /** Told by the log; an older answer that comes late changes nothing. */
  learnHead(path: string, head: StreamHead): void;
  forget(path: string): void;
  recorded(commandId: string): Recorded | undefined;
  record(commandId: string, recorded: Recorded): void;
  /** The command is on its way to the log, or was, and it is not known what became of it. */
  isOpen(commandId: string): boolean;
  /** It is not known what became of these, and their streams with them. */
  doubt(commits: readonly PreparedCommit[]): void;
  enter(commits: readonly PreparedCommit[]): Passage;
};

export type KnownLimits = { readonly heads: number; readonly commands: number };

export function createKnown({ heads: headLimit, commands: commandLimit }: KnownLimits): Known {
  const heads = createBoundedMap<string, StreamHead>(headLimit);
  const commands = createBoundedMap<string, Recorded>(commandLimit);
  const doubtful = createBoundedMap<string, true>(commandLimit);
  /** How many passages write a stream, and whether two did at once: then their answers do not tell which came last. */
  const streams = new Map<string, { count: number; crossed: boolean }>();
  /** How many passages have a command. */
  const ids = new Map<string, number>();

  function learnHead(path: string, head: StreamHead): void {
    if (head.version >= (heads.get(path)?.version ?? 0)) heads.set(path, head);
  }

  function record(commandId: string, recorded: Recorded): void {
    commands.set(commandId, recorded);
    doubtful.delete(commandId);
  }

  function doubt(commits: readonly PreparedCommit[]): void {
    for (const { writes, command } of commits) {
      for (const { path } of writes) heads.delete(path);
      if (command) doubtful.set(command.id, true);
    }
  }

  function learn(commits: readonly PreparedCommit[], results: readonly CommitResult[]): void {
    for (const [index, { writes, asserts, command }] of commits.entries()) {
      const result = results[index]!;
      if (command) doubtful.delete(command.id);
      if (result.ok) {
        for (const [at, { path, ends }] of writes.entries()) learnHead(path, { version: result.versions[at]!, ended: ends });
        if (command) record(command.id, { outcome: JSON.parse(command.outcome) as Json, position: result.position });
        continue;
      }
      // Somebody else was there: whatever is known of these streams may be old.
      for (const { path } of [...writes, ...asserts]) heads.delete(path);
      const { error } = result;
      if (command && "outcome" in error) record(command.id, { outcome: error.outcome, position: error.position });
    }
  }

  function enter(commits: readonly PreparedCommit[]): Passage {
    const paths = [...new Set(commits.flatMap(({ writes }) => writes.map(({ path }) => path)))];
    const commandIds = commits.flatMap(({ command }) => (command ? [command.id] : []));
    const entered = paths.map((path) => {
      const stream = streams.get(path) ?? { count: 0, crossed: false };
      stream.crossed ||= stream.count > 0;
      stream.count += 1;
      streams.set(path, stream);
      return stream;
    });
    for (const id of commandIds) ids.set(id, (ids.get(id) ?? 0) + 1);

    const ending = (what: () => void) => (): void => {
      what();
      for (const [index, path] of paths.entries()) {
        const stream = entered[index]!;
        stream.count -= 1;
        if (stream.count === 0) streams.delete(path);
        if (stream.crossed) heads.delete(path);
      }
      for (const id of commandIds) {
        const left = ids.get(id)! - 1;
        if (left > 0) ids.set(id, left);
        else ids.delete(id);
      }
    };
    return {
      answered: (results) => ending(() => learn(commits, results))(),
      refused: ending(() => undefined),
      unanswered: ending(() => doubt(commits)),
    };
  }

  return {
    head: (path) => (streams.has(path) ? undefined : heads.get(path)),
    learnHead,
    forget: (path) => heads.delete(path),
    recorded: (commandId) => commands.get(commandId),
    record,
    isOpen: (commandId) => ids.has(commandId) || doubtful.get(commandId) === true,
    doubt,
    enter,
  };
}
