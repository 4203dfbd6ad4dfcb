import { accepted, type CommandEnvelope, refused, type Reply } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { acceptingAll, busy, fakeClock, phaseOf, world } from "../testing/fake-world.ts";
import { type ImportProgress, runImport } from "./run-import.ts";

describe("a run", () => {
  test("sends every command once, in batches, phase after phase", async () => {
    const { send, sent } = world(acceptingAll());
    const result = await runImport({ phases: [phaseOf("a", 5), phaseOf("b", 2)], send, head: 0, batchSize: 2, concurrency: 1 });
    expect(sent).toEqual([["a-1", "a-2"], ["a-3", "a-4"], ["a-5"], ["b-1", "b-2"]]);
    expect(result).toEqual({
      ended: "complete",
      phases: [
        { name: "a", total: 5, accepted: 5, alreadyThere: 0, refused: 0 },
        { name: "b", total: 2, accepted: 2, alreadyThere: 0, refused: 0 },
      ],
      problems: [],
      moreProblems: 0,
    });
  });

  test("has no more batches under way than it may, and starts a phase when the former is answered", async () => {
    const accept = acceptingAll();
    const underWay: (() => void)[] = [];
    const begun: string[] = [];
    const send = (commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> => {
      begun.push(...commands.map(({ target }) => target.id));
      const { promise, resolve } = Promise.withResolvers<readonly Reply[]>();
      underWay.push(() => {
        resolve(commands.map(accept));
      });
      return promise;
    };
    const result = runImport({ phases: [phaseOf("a", 3), phaseOf("b", 1)], send, head: 0, batchSize: 1, concurrency: 2 });
    const answerFirst = async (): Promise<void> => {
      underWay.shift()?.();
      await new Promise(setImmediate);
    };
    expect(begun).toEqual(["a-1", "a-2"]);
    await answerFirst();
    expect(begun).toEqual(["a-1", "a-2", "a-3"]);
    await answerFirst();
    expect(begun).toEqual(["a-1", "a-2", "a-3"]);
    await answerFirst();
    expect(begun).toEqual(["a-1", "a-2", "a-3", "b-1"]);
    await answerFirst();
    expect((await result).ended).toBe("complete");
  });

  test("tells after each batch how far it is and how fast", async () => {
    const clock = fakeClock();
    const { send } = world((command, attempt) => (attempt === 1 ? busy(command) : accepted(command.id, [], 1)));
    const told: ImportProgress[] = [];
    await runImport({ phases: [phaseOf("a", 3)], send, head: 0, batchSize: 2, concurrency: 1, clock, onProgress: (now) => told.push(now) });
    expect(told).toEqual([
      { phase: "a", done: 2, total: 3, perSecond: 40 },
      { phase: "a", done: 3, total: 3, perSecond: 30 },
    ]);
  });

  test("rejects with what the progress callback throws, once the other batches are answered", async () => {
    const { send, sent } = world(acceptingAll());
    let told = 0;
    const onProgress = (): void => {
      told += 1;
      if (told === 1) throw new Error("the terminal is gone");
    };
    const run = runImport({ phases: [phaseOf("a", 9)], send, head: 0, batchSize: 1, concurrency: 2, onProgress });
    await expect(run).rejects.toThrow("the terminal is gone");
    expect(sent).toEqual([["a-1"], ["a-2"]]);
  });

  test.each([{ batchSize: 0 }, { concurrency: 0 }, { concurrency: 1.5 }, { retryForMs: Infinity }, { retryForMs: -1 }])(
    "refuses options that would never end or do nothing: %o",
    async (wrong) => {
      const { send, sent } = world(acceptingAll());
      await expect(runImport({ phases: [phaseOf("a", 1)], send, head: 0, ...wrong })).rejects.toThrow(RangeError);
      expect(sent).toEqual([]);
    },
  );
});

describe("what a run counts", () => {
  test("as there already: what took effect before the run, and what left nothing to do", async () => {
    const positions: Readonly<Record<string, number>> = { "a-1": 99, "a-2": 100, "a-3": 101, "a-4": 0 };
    const { send } = world(({ id, target }) => accepted(id, [], positions[target.id] ?? 0));
    const { phases } = await runImport({ phases: [phaseOf("a", 4)], send, head: 100 });
    expect(phases).toEqual([{ name: "a", total: 4, accepted: 1, alreadyThere: 3, refused: 0 }]);
  });

  test("as refused: with the code, the reason, and the place of the record", async () => {
    const { send } = world(({ id, target }) =>
      target.id === "a-2" ? refused(id, "rejected", "there is no room x", { reason: "room_not_found" }) : refused(id, "invalid", "no name"),
    );
    const { phases, problems, ended } = await runImport({ phases: [phaseOf("a", 2)], send, head: 0 });
    expect(ended).toBe("complete");
    expect(phases).toEqual([{ name: "a", total: 2, accepted: 0, alreadyThere: 0, refused: 2 }]);
    expect(problems.toSorted((one, other) => one.source.line - other.source.line)).toMatchObject([
      { kind: "refused", code: "invalid", reason: undefined, message: "a.wld:1: CreateRoom room/a-1: invalid: no name" },
      {
        kind: "refused",
        code: "rejected",
        reason: "room_not_found",
        message: "a.wld:2: CreateRoom room/a-2: room_not_found: there is no room x",
      },
    ]);
  });

  test.each(["already_exists", "exit_taken", "slot_taken", "item_equipped"])(
    "as changed: what is there in another form (%s)",
    async (reason) => {
      const { send } = world(({ id }) => refused(id, "rejected", "it is there", { reason }));
      const { problems } = await runImport({ phases: [phaseOf("a", 1)], send, head: 0 });
      expect(problems).toMatchObject([{ kind: "changed", reason, source: { file: "a.wld", line: 1 } }]);
      expect(problems[0]?.message).toBe("a.wld:1: CreateRoom room/a-1: changed since it was imported, and left as it is: it is there");
    },
  );

  test("as problems: the first thousand, and how many more", async () => {
    const { send } = world(({ id }) => refused(id, "not_found", "nothing there"));
    const { problems, moreProblems } = await runImport({ phases: [phaseOf("a", 1_203)], send, head: 0 });
    expect(problems).toHaveLength(1_000);
    expect(moreProblems).toBe(203);
  });
});
