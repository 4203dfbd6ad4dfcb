import { describe, expect, test } from "vitest";
import { CommandAlreadyRecordedError } from "../errors.ts";
import type { Commit } from "../event-store.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { accepted, appendOne, codeOf, freshId, freshRef, versionOf, write } from "./samples.ts";
import { sharedStore } from "./shared-store.ts";
import { limits } from "../limits.ts";

export function commandContract(subject: EventStoreSubject): void {
  describe("command outcomes", () => {
    const store = sharedStore(subject);

    test("[G3] a command that took effect is refused the second time, with the recorded outcome, and changes nothing", async () => {
      const stream = freshRef();
      const id = freshId();
      const outcome = { code: "accepted", versions: [1], text: "déjà vu" };
      const first = await accepted(store(), { writes: [write(stream, 0)], command: { id, outcome } });
      const repeats: readonly Commit[] = [
        { writes: [write(stream, "any")], command: { id, outcome: { code: "other" } } },
        { writes: [write(freshRef(), 0)], command: { id, outcome: null } },
        // Its streams have moved on, as they do: what matters is that it took effect.
        { writes: [write(stream, 0)], command: { id, outcome } },
      ];
      for (const repeat of repeats) {
        const result = await appendOne(store(), repeat);
        expect(!result.ok && result.error).toBeInstanceOf(CommandAlreadyRecordedError);
        expect(result).toMatchObject({
          error: { code: "command_already_recorded", outcome, position: first.position, details: { command: id } },
        });
      }
      expect(await versionOf(store(), stream)).toBe(1);
      expect(await store().outcomes([id])).toEqual([{ outcome, position: first.position }]);
    });

    test("[G3] the same command twice in one append takes effect once", async () => {
      const [a, b] = [freshRef(), freshRef()];
      const command = { id: freshId(), outcome: "done" };
      const results = await store().append([
        { writes: [write(a, 0)], command },
        { writes: [write(b, 0)], command },
        { writes: [write(a, 1)], command },
      ]);
      expect(results.map(codeOf)).toEqual(["ok", "command_already_recorded", "command_already_recorded"]);
      expect(results[1]).toMatchObject({ error: { outcome: "done", position: results[0]?.ok === true && results[0].position } });
      expect(await versionOf(store(), b)).toBe(0);
    });

    test("a refused commit records no outcome, and the command may come again", async () => {
      const stream = freshRef();
      const id = freshId();
      expect(codeOf(await appendOne(store(), { writes: [write(stream, 3)], command: { id, outcome: 1 } }))).toBe("wrong_expected_version");
      expect(await store().outcomes([id])).toEqual([undefined]);
      const results = await store().append([
        { writes: [write(stream, 3)], command: { id, outcome: 2 } },
        { writes: [write(stream, 0)], command: { id, outcome: 3 } },
      ]);
      expect(results.map(codeOf)).toEqual(["wrong_expected_version", "ok"]);
      expect(await store().outcomes([id])).toMatchObject([{ outcome: 3 }]);
    });

    test("outcomes are answered in the order asked, any JSON value, undefined where the id never took effect", async () => {
      const outcomes = [null, false, 0, "", [], { b: 1, a: [null] }];
      const ids = outcomes.map(freshId);
      const results = await store().append(
        outcomes.map((outcome, index) => ({ writes: [write(freshRef(), 0)], command: { id: ids[index] ?? "", outcome } })),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      const asked = [freshId(), ...ids.toReversed(), ...ids.slice(0, 1)];
      const answers = await store().outcomes(asked);
      expect(answers.map((answer) => answer?.outcome)).toEqual([undefined, ...outcomes.toReversed(), null]);
      expect(await store().outcomes([])).toEqual([]);
    });

    test("ids are told apart exactly: one that begins another, case, spaces, unicode", async () => {
      const base = freshId();
      const ids = [base, `${base}0`, base.toUpperCase(), ` ${base}`, `${base}/é`, `${base}/e\u0301`, `${base}/🏰`, `${base}%`, `${base}'`];
      const distinct = [...new Set(ids)];
      await Promise.all(distinct.map((id) => accepted(store(), { writes: [write(freshRef(), 0)], command: { id, outcome: id } })));
      expect((await store().outcomes(distinct)).map((answer) => answer?.outcome)).toEqual(distinct);
    });

    test.each([
      ["none", ""],
      ["one too long", "x".repeat(limits.commandIdLength + 1)],
      ["one with half a surrogate pair", "a\ud800"],
    ])("a command id must be fit for a key: %s is refused and nothing is appended", async (_what, id) => {
      const stream = freshRef();
      await expect(store().append([{ writes: [write(stream, 0)], command: { id, outcome: null } }])).rejects.toMatchObject({
        code: "invalid_request",
      });
      expect(await versionOf(store(), stream)).toBe(0);
    });

    if (subject.reopen) {
      const { reopen } = subject;
      test("[G3] a command is still known when the store is opened again", async () => {
        const before = await subject.open();
        const command = { id: freshId(), outcome: { code: "accepted" } };
        const { position } = await accepted(before, { writes: [write(freshRef(), 0)], command });
        const after = await reopen(before);
        try {
          expect(await after.outcomes([command.id])).toEqual([{ outcome: command.outcome, position }]);
          const again = await appendOne(after, { writes: [write(freshRef(), 0)], command });
          expect(again).toMatchObject({ ok: false, error: { code: "command_already_recorded", outcome: command.outcome, position } });
        } finally {
          await after.close();
        }
      });
    }
  });
}
