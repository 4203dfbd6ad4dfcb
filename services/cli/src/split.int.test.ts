import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { worldFileLines } from "@aethyr/import";
import { refOf, type Json } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { createAethyr, type Aethyr } from "./testing/aethyr.ts";
import { callOf, documentedLines } from "./testing/documented-lines.ts";
import { folderOfTest } from "./testing/folders.ts";
import { repository } from "./testing/processes.ts";

const page = "docs/operations/resizing.md";
const typedLines = documentedLines(
  page,
  readFileSync(join(repository, page), "utf8").replaceAll(/^(\s*(?:\w+=\S+ )*)aethyr /gm, "$1npx -y pnpm aethyr "),
).flatMap((line) => callOf(line) ?? []);

const made = (phase: string, type: string, path: string, data: Json) => ({ phase, type, target: refOf(path), data });
const whole = [
  made("rooms", "CreateRoom", "room/harbour-quay", { name: "The Quay" }),
  made("rooms", "CreateRoom", "room/hill", { name: "The Hill" }),
  made("exits", "AddRoomExit", "room/hill", { direction: "down", targetRoomId: "harbour-quay" }),
  made("things", "CreateGameObject", "game-object/crate", { name: "a crate", containerId: "room/harbour-quay" }),
  made("things", "CreateGameObject", "game-object/stone", { name: "a stone", containerId: "room/hill" }),
  made("more things", "CreateGameObject", "game-object/rope", { name: "a rope", containerId: "game-object/crate" }),
];

test("[A22] a world is written into two files, as the page tells, which make two worlds that are the whole together", async () => {
  const cwd = await folderOfTest();
  const world = (data: string): Aethyr => createAethyr({ cwd, data: join(cwd, data) });
  const old = world("old");
  await writeFile(join(cwd, "whole.ndjson"), [...worldFileLines(whole)].join(""));
  expect(await old("world import whole.ndjson")).toMatchObject({ code: 0 });
  const before = await old("world stats --output json");

  const [look, split, ...fill] = typedLines.filter(({ words }) => words[0] === "world" && words[1] !== "rename");
  const looked = await old([...(look?.words ?? [])]);
  expect(looked).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/room\/hill: its exit down leads to room\/harbour-quay.*\n.*nothing was written/s) as string,
  });
  const without = (split?.words ?? []).filter((word) => word !== "--lenient");
  expect(await old(without)).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was written") as string });
  await expect(readFile(join(cwd, "harbour.ndjson"))).rejects.toMatchObject({ code: "ENOENT" });

  // Of two files, both are written or none.
  await writeFile(join(cwd, "hills.ndjson"), "mine");
  expect(await old([...(split?.words ?? [])])).toMatchObject({ code: 1 });
  await expect(readFile(join(cwd, "harbour.ndjson"))).rejects.toMatchObject({ code: "ENOENT" });
  const chosen = ["world", "split", "a.ndjson", "b.ndjson", "--chosen"];
  for (const nonsense of ["room/nowhere", ","]) expect(await old([...chosen, nonsense])).toMatchObject({ code: 2 });
  expect(await old(["world", "split", "a.ndjson", "a.ndjson", "--chosen", "room/hill"])).toMatchObject({ code: 2 });

  await rm(join(cwd, "hills.ndjson"));
  expect(await old([...(split?.words ?? [])])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/harbour\.ndjson +3 .*\n.*hills\.ndjson +2 /) as string,
  });
  expect(await old("world stats --output json")).toMatchObject({ stdout: before.stdout });

  const counts: number[] = [];
  for (const line of fill) {
    const part = world(line.env["AETHYR_DATA"] ?? "");
    expect(await part([...line.words])).toMatchObject({ code: 0 });
    counts.push((JSON.parse((await part("world stats --output json")).stdout) as { aggregate_count: number }).aggregate_count);
  }
  expect(counts).toEqual([3, 2]);
  expect((await world("harbour")("aggregate show game-object/rope --output json")).stdout).toContain("game-object/crate");
}, 400_000);
