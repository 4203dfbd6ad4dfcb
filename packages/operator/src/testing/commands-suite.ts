import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { command, createRoom } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of commands, whichever way they reach their world. */
export function commandsSuite(name: string, reach: Reach): void {
  describe(`${name}: commands`, () => {
    const small = smallWorldOfEachTest(reach);

    test("[G2] commands are answered in the order in which they were given, and what is accepted is in the log", async () => {
      const commands = [
        createRoom("hall"),
        createRoom("hall"),
        createRoom("yard"),
        command("Sing", hall, {}),
        command("CreateRoom", ref("room", "attic"), { name: "" }),
      ];
      const replies = await small.operations.sendCommands(commands);
      expect(replies.map(({ command: id }) => id)).toEqual(commands.map(({ id }) => id));
      expect(replies.map(({ code }) => code)).toEqual(["accepted", "rejected", "accepted", "invalid", "invalid"]);
      expect(await small.world.store.readStream(hall)).toHaveLength(1);
    });

    test("[G3] a command that is sent again under its id gets the same reply and takes effect once", async () => {
      const again = createRoom("hall");
      const [first] = await small.operations.sendCommands([again]);
      expect(await small.operations.sendCommands([again])).toEqual([first]);
      expect(await small.operations.history(hall)).toHaveLength(1);
    });

    test("more commands than one request carries are sent in several, with every reply at its place", async () => {
      const commands = Array.from({ length: 1_005 }, (_, index) => createRoom(`room-${index}`));
      const replies = await small.operations.sendCommands(commands);
      expect(replies.map(({ command: id }) => id)).toEqual(commands.map(({ id }) => id));
      expect(new Set(replies.map(({ code }) => code))).toEqual(new Set(["accepted"]));
    });

    test("[G11] a command that is too large is answered too_large, and the others around it are done", async () => {
      const large = command("UpdateRoomDescription", hall, { description: "x".repeat(70_000) });
      const replies = await small.operations.sendCommands([createRoom("hall"), large, createRoom("yard")]);
      expect(replies.map(({ code }) => code)).toEqual(["accepted", "too_large", "accepted"]);
    });

    test("[G11] what is no command is answered invalid, with what is wrong", async () => {
      const [reply] = await small.operations.sendCommands([{ ...createRoom("hall"), target: { type: "no type", id: "" } }]);
      expect(reply).toMatchObject({ code: "invalid", issues: [{ path: "target.type" }, { path: "target.id" }] });
    });

    test("no commands get no replies", async () => {
      expect(await small.operations.sendCommands([])).toEqual([]);
    });
  });
}
