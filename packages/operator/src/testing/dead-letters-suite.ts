import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { encodeCommand, type CommandEnvelope } from "@aethyr/protocol";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { command, createRoom } from "./small-world.ts";

/** What holds of commands that were put aside, whichever way they are reached. */
export function deadLettersSuite(name: string, reach: Reach): void {
  describe(`${name}: dead letters`, () => {
    const small = smallWorldOfEachTest(reach);

    const putAside = async (the: CommandEnvelope): Promise<void> => {
      const { id, target } = the;
      await small.world.bus.deadLetter({ ...encodeCommand(the, "application/msgpack"), id, target, reason: "decide threw", attempts: 3 });
    };

    test("[A21] the newest come first, as many as asked for, and each is shown with what is in it", async () => {
      const { deadLetters } = small.operations;
      expect(await deadLetters.list()).toEqual([]);
      for (const id of ["hall", "yard"]) await putAside(createRoom(id));
      expect((await deadLetters.list()).map(({ target }) => target.id)).toEqual(["yard", "hall"]);
      const [note] = await deadLetters.list(1);
      expect(note).toMatchObject({
        type: "CreateRoom",
        target: ref("room", "yard"),
        actor: "tester",
        reason: "decide threw",
        attempts: 3,
        missing: 0,
      });
      expect(note).not.toHaveProperty("data");
      expect(await deadLetters.show(note?.number ?? 0)).toEqual({
        ...note,
        contentType: "application/msgpack",
        data: { name: "The yard" },
        correlation: null,
        causation: null,
        raw: null,
      });
      expect(await deadLetters.show(99)).toBeUndefined();
      for (const limit of [0, 1_001, 1.5]) await expect(deadLetters.list(limit)).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("what a command seals is not shown", async () => {
      await putAside(command("UpdatePlayerPassword", ref("player", "ann"), { passwordHash: "$argon2id$hush" }));
      const [note] = await small.operations.deadLetters.list();
      const shown = await small.operations.deadLetters.show(note?.number ?? 0);
      expect(shown).toMatchObject({ type: "UpdatePlayerPassword", data: { passwordHash: "********" }, raw: null });
      expect(JSON.stringify([note, shown])).not.toContain("hush");
    });

    test("[G3] one that is sent again takes effect once, under its own id, and is gone", async () => {
      const { deadLetters } = small.operations;
      await putAside(createRoom("hall"));
      const [note] = await deadLetters.list();
      expect(await deadLetters.retry(note?.number ?? 0)).toBe(true);
      await expect.poll(async () => (await small.operations.showAggregate(ref("room", "hall")))?.last?.meta.command).toBe(note?.command);
      expect(await deadLetters.list()).toEqual([]);
      expect(await deadLetters.retry(note?.number ?? 0)).toBe(false);
    });

    test("[G11] what is no command is shown as its bytes are, cannot be sent again, and can be dropped", async () => {
      const { deadLetters } = small.operations;
      const bytes = Buffer.from("{no");
      await small.world.bus.deadLetter({
        id: "",
        target: ref("room", "hall"),
        bytes,
        contentType: "application/json",
        reason: "x",
        attempts: 1,
      });
      const [note] = await deadLetters.list();
      const number = note?.number ?? 0;
      expect(note).toMatchObject({ type: null, actor: null, bytes: 3 });
      expect(await deadLetters.show(number)).toMatchObject({ data: null, raw: bytes.toString("base64") });
      await expect(deadLetters.retry(number)).rejects.toMatchObject({ code: "not_retryable" });
      expect(await deadLetters.list()).toHaveLength(1);
      expect(await deadLetters.drop(number)).toBe(true);
      expect(await deadLetters.drop(number)).toBe(false);
      expect(await deadLetters.list()).toEqual([]);
    });
  });
}
