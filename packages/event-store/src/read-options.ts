import type { Ref } from "@aethyr/kernel";
import { CorruptStoreError, InvalidRequestError, LimitExceededError } from "./errors.ts";
import type { ReadStream, StoredEvent } from "./event-store.ts";
import { limits } from "./limits.ts";
import { checkStream, isVersion } from "./prepare.ts";

/** One page of a stream in plain terms: versions `low` to `high`, both inclusive. */
export type Page = {
  readonly path: string;
  readonly low: number;
  readonly high: number;
  readonly backward: boolean;
  readonly limit: number;
};

/** Checks a read and fills in what it leaves open. Throws `InvalidRequestError` or `LimitExceededError`. */
export function pageOf(stream: Ref, { from, to, direction = "forward", limit }: ReadStream = {}): Page {
  const path = checkStream(stream);
  for (const [name, version] of Object.entries({ from, to })) {
    if (version !== undefined && (!isVersion(version) || version < 1))
      throw new InvalidRequestError(`${path} cannot be read ${name} ${version}: the first version is 1`);
  }
  const backward = direction === "backward";
  const [low = 1, high = Number.MAX_SAFE_INTEGER] = backward ? [to, from] : [from, to];
  return { path, low, high, backward, limit: checkLimit(limit) };
}

/** Items of a page: 1–1000, default 1000. */
export function checkLimit(limit: number = limits.page): number {
  if (!isVersion(limit) || limit < 1) throw new InvalidRequestError(`a page of ${limit} is no page`);
  if (limit > limits.page) throw new LimitExceededError("items in one page", limits.page, limit);
  return limit;
}

/** A position to read on from: 0, or one that was handed out. */
export function checkPosition(after: number): number {
  if (!isVersion(after)) throw new InvalidRequestError(`${after} is no position`);
  return after;
}

/** Passes on a page of a stream if no version is missing in it; a hole is damage, and never handed out as a shorter history. */
export function checkPage(page: Page, events: readonly StoredEvent[]): readonly StoredEvent[] {
  const step = page.backward ? -1 : 1;
  let expected = page.backward ? events[0]?.version : page.low;
  for (const { version } of events) {
    if (version !== expected)
      throw new CorruptStoreError(`${page.path}@${expected} is missing: found version ${version} there`, {
        stream: page.path,
        version: expected ?? 0,
      });
    expected += step;
  }
  return events;
}
