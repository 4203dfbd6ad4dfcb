import { join } from "node:path";
import { expect, test } from "vitest";
import { createAethyr } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";
import { cliFile, start, startAethyr } from "./testing/processes.ts";

test("a real process gives the exit code and keeps data and errors apart", async () => {
  const data = join(await folderOfTest(), "data");
  await using usage = startAethyr(["world", "stats", "--nonsense"], { AETHYR_DATA: data });
  await using missing = startAethyr(["world", "stats"], { AETHYR_DATA: data });
  await using help = startAethyr(["--help"], { AETHYR_DATA: data });
  await using nothing = startAethyr([], { AETHYR_DATA: data });
  await expect(Promise.all([usage.ended, missing.ended, help.ended, nothing.ended])).resolves.toEqual([2, 1, 0, 2]);
  expect([usage.stdout(), missing.stdout(), help.stderr(), nothing.stdout()]).toEqual(["", "", "", ""]);
  expect(usage.stderr()).toBe("error: unknown option '--nonsense'\n");
  expect(missing.stderr()).toMatch(/^error: there is no world in .*\n$/);
  expect(help.stdout()).toContain("Exit codes: 0 done");
  expect(nothing.stderr()).toBe(help.stdout());
});

test("a reader that has seen enough ends it without a word", async () => {
  const cwd = await folderOfTest();
  const data = join(cwd, "data");
  const aethyr = createAethyr({ cwd, data });
  const long = JSON.stringify({ name: "The Long Hall", description: "x".repeat(16_000), attributes: { more: "x".repeat(16_000) } });
  for (const id of ["a", "b", "c"])
    expect(await aethyr(`command send room/${id} CreateRoom --data -`, { stdin: long })).toMatchObject({ code: 0 });
  // `head` leaves after a byte; what is written by then fits no pipe.
  await using pipe = start(
    "bash",
    ["-c", `"$1" "$2" events tail --output json | head -c 1; echo " \${PIPESTATUS[0]}"`, "-", process.execPath, cliFile],
    { env: { AETHYR_DATA: data } },
  );
  await expect(pipe.ended).resolves.toBe(0);
  expect(pipe.stdout()).toBe("[ 141\n");
  expect(pipe.stderr()).toBe("");
});

test("paths on the line are those of the person, not of the package that runs the script", async () => {
  const cwd = await folderOfTest();
  await using run = startAethyr(["world", "import", "missing"], { AETHYR_DATA: join(cwd, "data"), INIT_CWD: cwd });
  await expect(run.ended).resolves.toBe(1);
  expect(run.stderr()).toContain(join(cwd, "missing"));
});
