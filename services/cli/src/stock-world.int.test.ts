import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createAethyr } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";
import { repository } from "./testing/processes.ts";

const stockWorld = join(repository, "../shared/data/circlemud-3.1/world");

test("a sword of the stock world is found in a hand, in a room, and its story with who wields it", async ({ skip }) => {
  if (!existsSync(stockWorld) && !process.env["CI"]) {
    process.stderr.write(`\n*** SKIPPED: to find a sword needs the world beside the repository, ${stockWorld}.\n\n`);
    skip();
  }
  const cwd = await folderOfTest();
  const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
  await expect(aethyr(["world", "import", stockWorld])).resolves.toMatchObject({ code: 0 });

  const sword = "game-object/circle-1528-o-1502-1";
  const holder = "game-object/circle-1528-m-1504-1";
  expect((await aethyr(`aggregate show ${sword}`)).stdout).toMatch(
    /^where +worn as wield by Uriel \(game-object\/circle-1528-m-1504-1\), in Repentance \(room\/circle-1528\)$/m,
  );
  expect(JSON.parse((await aethyr(`aggregate show ${sword} --output json`)).stdout)).toMatchObject({
    location: [
      { ref: holder, name: "Uriel", slot: "wield" },
      { ref: "room/circle-1528", name: "Repentance" },
    ],
  });
  const history = await aethyr(`aggregate history ${sword}`);
  expect(history.stderr).toContain(`npx -y pnpm aethyr aggregate history ${holder}`);
  expect((await aethyr(`aggregate history ${holder}`)).stdout).toMatch(/ItemEquipped .*circle-1528-o-1502-1/);

  const again = await aethyr(["world", "import", stockWorld]);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/nothing was new: all of it was in the world already\n$/) });
});
