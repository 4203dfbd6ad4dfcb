import type { EventStore } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";
import { InvalidQuestionError } from "../errors.ts";

/**
 * A point in the life of an aggregate: a version, or a time (ISO 8601 with a zone) that stands for the last version recorded at or before it.
 * Version 0 is before its first event.
 */
export type Moment = number | string;

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

export const isTime = (text: string): boolean => isoTime.test(text) && !Number.isNaN(Date.parse(text));

/** Throws `InvalidQuestionError` for what is neither a version from `least` nor a time. */
export function checkMoment(moment: Moment | undefined, least = 0): void {
  if (moment === undefined) return;
  if (typeof moment === "string") {
    if (isTime(moment)) return;
    throw new InvalidQuestionError(`"${moment.slice(0, 100)}" is no time: write it as 2026-11-21T16:30:00Z`);
  }
  if (Number.isSafeInteger(moment) && moment >= least) return;
  throw new InvalidQuestionError(`the version is a whole number from ${least}, not ${moment}`);
}

/**
 * The version at a moment; 0 where its first event is later, undefined where its stream has not come to that version. A time is found by
 * halving: recorded time never goes back within a stream.
 */
export async function versionAt(
  store: Pick<EventStore, "heads" | "readStream">,
  ref: Ref,
  moment: Moment | undefined,
): Promise<number | undefined> {
  const [head] = await store.heads([ref]);
  const newest = head?.version ?? 0;
  if (moment === undefined) return newest;
  if (typeof moment === "number") return moment <= newest ? moment : undefined;
  const atMs = Date.parse(moment);
  let least = 0;
  let most = newest;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    const [event] = await store.readStream(ref, { from: middle, to: middle, limit: 1 });
    if (event !== undefined && Date.parse(event.time) <= atMs) least = middle;
    else most = middle - 1;
  }
  return least;
}
