import { expect, test } from "vitest";
import { accepted, appendOne, codeOf, commitOf, freshId, freshRef, newEvents } from "../contract/samples.ts";
import type { Commit } from "../event-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { drained, setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

/** A commit as a host makes it: its events name its command. */
function hosted(...writes: readonly (readonly [stream: ReturnType<typeof freshRef>, expected: number])[]): Commit & {
  readonly command: NonNullable<Commit["command"]>;
} {
  const id = freshId();
  return {
    writes: writes.map(([stream, expected]) => ({
      stream,
      expected,
      events: newEvents(1).map((event) => ({ ...event, meta: { ...event.meta, command: id } })),
    })),
    command: { id, outcome: "done" },
  };
}

test.each(["caller", "own"] as const)(
  "[A18] [G3] a command of an earlier process is not decided anew while the log is away, and costs nobody else anything (thread: %s)",
  async (threads) => {
    const { primary, reopen, store, world } = await setUp(newFolder(), {}, threads);
    const [a, b] = [freshRef(), freshRef()];
    const earlier = hosted([a, 0]);
    await accepted(store, earlier);
    const again = await reopen();
    await accepted(again, hosted([a, 1]));
    await again.heads([a, b]);
    primary.mode = "away";
    // As its sender sends it again, and a host that knows nothing of it decides it: on what is there now.
    expect(codeOf(await appendOne(again, { ...hosted([a, 2]), command: earlier.command }))).toBe("unavailable");
    await expect(again.outcomes([earlier.command.id])).rejects.toMatchObject({ code: "unavailable" });
    expect(await accepted(again, hosted([a, 2]))).toMatchObject({ provisional: true });
    expect(await accepted(again, hosted([b, 0]))).toMatchObject({ provisional: true });
    primary.mode = "there";
    await drained(again);
    expect(await again.quarantined()).toEqual([]);
    expect(codeOf(await appendOne(again, { ...hosted([a, 3]), command: earlier.command }))).toBe("command_already_recorded");
    expect(await versionsIn(world, a)).toEqual([1, 2, 3]);
    await again.close();
  },
);

test("[A18] [G3] neither is one that this process has long forgotten, in the log directly or by way of the journal", async () => {
  const { primary, store } = await setUp(newFolder(), { remembers: { heads: 100, commands: 1 } });
  const [a, b] = [freshRef(), freshRef()];
  const first = hosted([a, 0]);
  await accepted(store, first);
  await store.heads([b]);
  primary.mode = "away";
  const journaled = hosted([b, 0]);
  await accepted(store, journaled);
  primary.mode = "there";
  await drained(store);
  await accepted(store, hosted([a, 1]));
  primary.mode = "away";
  for (const { command } of [first, journaled]) expect(codeOf(await appendOne(store, { ...hosted([a, 2]), command }))).toBe("unavailable");
  await store.close();
});

test("[A18] [R7] that a command never took effect, and where streams stand, is told while the log is away", async () => {
  const { primary, store } = await setUp(newFolder());
  const [a, b] = [freshRef(), freshRef()];
  await accepted(store, hosted([a, 0]));
  await store.heads([b]);
  primary.mode = "away";
  expect(codeOf(await appendOne(store, commitOf(b, 0)))).toBe("ok");
  expect(await store.outcomes([freshId(), freshId()])).toEqual([undefined, undefined]);
  expect(await store.heads([a, b])).toEqual([
    { version: 1, ended: false },
    { version: 1, ended: false },
  ]);
  await expect(store.heads([a, freshRef()])).rejects.toMatchObject({ code: "unavailable" });
  await store.close();
});

test("[A18] a journal that was opened while the log was away, or whose log was put back, learns it all when the log is there", async () => {
  const { primary, store, reopen, world } = await setUp(newFolder());
  const a = freshRef();
  const earlier = hosted([a, 0]);
  await accepted(store, earlier);
  primary.mode = "away";
  const again = await reopen();
  await expect(again.outcomes([freshId()])).rejects.toMatchObject({ code: "unavailable" });
  primary.mode = "there";
  await expect.poll(() => again.outage().state).toBe("none");
  await accepted(again, hosted([a, 1]));
  await expect
    .poll(async () => {
      primary.mode = "away";
      // The first question finds that it is away.
      await again.head().catch(() => undefined);
      await again.outcomes([freshId()]).catch(() => undefined);
      const told = await again.outcomes([freshId()]).catch(() => "not told");
      primary.mode = "there";
      return told;
    })
    .toEqual([undefined]);
  await drained(again);
  primary.mode = "away";
  await expect(again.outcomes([freshId(), earlier.command.id])).rejects.toMatchObject({ code: "unavailable" });
  expect(await versionsIn(world, a)).toEqual([1, 2]);
  await again.close();
});
