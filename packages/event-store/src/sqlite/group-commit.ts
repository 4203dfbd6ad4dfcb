import { positionsPerTransaction } from "../position.ts";
import { countEvents, type PreparedCommit } from "../prepare.ts";
import type { CommitAnswer } from "./writer.ts";

type Waiting = {
  readonly commits: readonly PreparedCommit[];
  readonly events: number;
  readonly resolve: (answers: readonly CommitAnswer[]) => void;
  readonly reject: (error: unknown) => void;
};

/** Joins appends that come while a transaction is under way into the next one. */
export type GroupCommit = {
  readonly append: (commits: readonly PreparedCommit[]) => Promise<readonly CommitAnswer[]>;
  /** Resolved when nothing is waiting or under way. */
  readonly idle: () => Promise<void>;
};

/**
 * `write` makes the commits of a group in one transaction; it is called again only after it was answered. A second group under way was
 * measured to gain nothing: the groups became smaller and the fsyncs more.
 */
export function createGroupCommit(write: (group: readonly PreparedCommit[]) => Promise<readonly CommitAnswer[]>): GroupCommit {
  let queue: Waiting[] = [];
  let writing = false;
  let scheduled = false;
  let whenIdle: (() => void)[] = [];

  function pump(): void {
    scheduled = false;
    if (writing) return;
    if (queue.length > 0) {
      writing = true;
      void send(takeGroup());
      return;
    }
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  }

  function takeGroup(): readonly Waiting[] {
    let events = 0;
    const past = queue.findIndex((waiting) => (events += waiting.events) > positionsPerTransaction);
    const group = past === -1 ? queue : queue.slice(0, past);
    queue = past === -1 ? [] : queue.slice(past);
    return group;
  }

  async function send(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await write(group.flatMap(({ commits }) => commits));
      let next = 0;
      for (const { commits, resolve } of group) {
        resolve(answers.slice(next, next + commits.length));
        next += commits.length;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    writing = false;
    schedule();
  }

  /** After all that runs now and as its consequence, so that callers who were answered together are also written together again. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(pump);
  }

  return {
    append: (commits) =>
      new Promise((resolve, reject) => {
        queue.push({ commits, events: countEvents(commits), resolve, reject });
        schedule();
      }),
    idle: () => (!writing && queue.length === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  };
}
