import { accepted, type CommandEnvelope, refused, type Reply } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { acceptingAll, busy, fakeClock, phaseOf, world } from "../testing/fake-world.ts";
import { systemClock } from "./clock.ts";
import { runImport } from "./run-import.ts";

describe("a world that cannot answer now", () => {
  test.each(["busy", "conflict", "unavailable", "outcome_unknown"] as const)(
    "(%s) gets the same commands again, and no others",
    async (code) => {
      const clock = fakeClock();
      const { send, sent } = world(({ id, target }, attempt) =>
        target.id === "a-2" && attempt < 4 ? refused(id, code, "not now") : accepted(id, [], 1),
      );
      const { phases, problems } = await runImport({ phases: [phaseOf("a", 3)], send, head: 0, clock });
      expect(sent).toEqual([["a-1", "a-2", "a-3"], ["a-2"], ["a-2"], ["a-2"]]);
      expect(clock.pauses).toEqual([50, 100, 200]);
      expect(phases).toMatchObject([{ accepted: 3 }]);
      expect(problems).toEqual([]);
    },
  );

  test("is asked again when the sending fails, or when a reply is missing", async () => {
    const accept = acceptingAll();
    const { send: sendSome, sent } = world((command, attempt) => (attempt === 1 ? undefined : accept(command)));
    let calls = 0;
    const send = (commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error("connection reset")) : sendSome(commands);
    };
    const { ended, phases } = await runImport({ phases: [phaseOf("a", 1)], send, head: 0, clock: fakeClock() });
    expect(ended).toBe("complete");
    expect(phases).toMatchObject([{ accepted: 1 }]);
    expect(sent).toHaveLength(2);
  });

  test.each([
    ["busy: too much to do", () => Promise.resolve([])],
    ["no reply", () => Promise.resolve([])],
    ["connection reset", () => Promise.reject(new Error("connection reset"))],
    ["gone", () => Promise.reject("gone" as unknown as Error)],
  ])("is given up after the deadline: %s", async (lastHeard, sendNothing) => {
    const clock = fakeClock();
    const { send: sendBusy } = world(busy);
    const send = lastHeard.startsWith("busy") ? sendBusy : sendNothing;
    const result = await runImport({ phases: [phaseOf("a", 1), phaseOf("b", 1)], send, head: 0, clock, retryForMs: 10_000 });
    expect(result.ended).toBe("gave_up");
    expect(result.phases).toEqual([{ name: "a", total: 1, accepted: 0, alreadyThere: 0, refused: 0 }]);
    expect(result.problems).toMatchObject([{ kind: "unanswered", code: undefined, source: { file: "a.wld", line: 1 } }]);
    expect(result.problems[0]?.message).toBe(`a.wld:1: CreateRoom room/a-1: no final answer in time (${lastHeard}): run the import again`);
    expect(clock.pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
  });

  test("ends the run at once when it does not let the sender in", async () => {
    const { send, sent } = world(({ id }) => refused(id, "unauthorised", "who are you?"));
    const result = await runImport({ phases: [phaseOf("a", 9)], send, head: 0, batchSize: 1, concurrency: 1 });
    expect(result.ended).toBe("gave_up");
    expect(result.problems).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });
});

describe("an abort", () => {
  test("ends the run after the batches under way, which are counted", async () => {
    const abort = new AbortController();
    const accept = acceptingAll();
    const { send, sent } = world((command) => {
      abort.abort();
      return accept(command);
    });
    const result = await runImport({
      phases: [phaseOf("a", 5), phaseOf("b", 1)],
      send,
      head: 0,
      batchSize: 1,
      concurrency: 1,
      signal: abort.signal,
    });
    expect(result).toEqual({
      ended: "aborted",
      phases: [{ name: "a", total: 5, accepted: 1, alreadyThere: 0, refused: 0 }],
      problems: [],
      moreProblems: 0,
    });
    expect(sent).toHaveLength(1);
  });

  test("before the start sends nothing", async () => {
    const { send, sent } = world(acceptingAll());
    const result = await runImport({ phases: [phaseOf("a", 1)], send, head: 0, signal: AbortSignal.abort() });
    expect(result).toEqual({ ended: "aborted", phases: [], problems: [], moreProblems: 0 });
    expect(sent).toEqual([]);
  });

  test("cuts a pause short, and what is open then is no problem", async () => {
    const abort = new AbortController();
    const { send, sent } = world(busy);
    const clock = {
      ...systemClock,
      pause: (_ms: number, signal?: AbortSignal) => {
        abort.abort();
        return systemClock.pause(600_000, signal);
      },
    };
    const result = await runImport({ phases: [phaseOf("a", 1)], send, head: 0, signal: abort.signal, clock });
    expect(result).toMatchObject({ ended: "aborted", problems: [] });
    expect(sent).toHaveLength(1);
  });

  test("while the world is asked again leaves it at that", async () => {
    const abort = new AbortController();
    const { send, sent } = world((command) => {
      abort.abort();
      return busy(command);
    });
    const result = await runImport({ phases: [phaseOf("a", 1)], send, head: 0, signal: abort.signal });
    expect(result).toMatchObject({ ended: "aborted", problems: [] });
    expect(sent).toHaveLength(1);
  });
});

test("the system's clock goes on, and its pause ends by itself or by an abort", async () => {
  const before = systemClock.nowMs();
  await systemClock.pause(1);
  expect(systemClock.nowMs()).toBeGreaterThan(before);
  const abort = new AbortController();
  const pause = systemClock.pause(600_000, abort.signal);
  abort.abort();
  await expect(pause).resolves.toBeUndefined();
});
