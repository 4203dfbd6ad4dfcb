import { refused } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { importStarterWorld } from "./import-starter-world.ts";

test("a starter world that is refused stops the start, with the first thing that is wrong", async () => {
  const refuseAll = importStarterWorld(async (commands) =>
    commands.map(({ id }) => refused(id, "rejected", "not today", { reason: "closed" })),
  );
  await expect(refuseAll).rejects.toMatchObject({ code: "starter_world", message: expect.stringContaining("not today") as string });
});
