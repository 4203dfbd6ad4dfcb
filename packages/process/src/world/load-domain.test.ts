import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDomain, unknownTypes } from "./load-domain.ts";

describe("a domain", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aethyr-modules-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is the game world, and what modules add to it", async () => {
    const guide = fileURLToPath(new URL("../../../../docs/guide/index.ts", import.meta.url));
    const domain = await loadDomain([guide]);
    expect([...domain.aggregates.keys()].toSorted()).toEqual(["game-object", "lantern", "player", "room"]);
    expect(domain.aggregates.get("player")?.commands.has("GrantTitle")).toBe(true);
    expect([...(await loadDomain([])).aggregates.keys()].toSorted()).toEqual(["game-object", "player", "room"]);
  });

  test("a mistake in a file that a module imports is told with that file and line", async () => {
    await writeFile(join(folder, "broken.mjs"), "\n\nconst = 1;");
    await writeFile(join(folder, "importing.mjs"), 'import "./broken.mjs"; export const registrations = [];');
    await expect(loadDomain([join(folder, "importing.mjs")])).rejects.toThrow(/broken\.mjs:3/);
  });

  test("what a log holds and the domain does not know is named", async () => {
    const domain = await loadDomain([]);
    const known = { aggregate_types: { room: 1 }, event_types: { RoomCreated: 1 } };
    expect(unknownTypes(domain, known)).toEqual([]);
    expect(
      unknownTypes(domain, { aggregate_types: { ...known.aggregate_types, well: 2 }, event_types: { ...known.event_types, WellDug: 2 } }),
    ).toEqual(["well", "WellDug"]);
  });

  test.each([
    ["that is not there", undefined, /cannot be loaded/],
    ["that does not parse", "export const = 1;", /cannot be loaded/],
    ["that is a folder", "folder", /name the file in it/],
    ["without registrations", "export const other = [];", /must export `registrations`/],
    ["with something else by that name", "export const registrations = [1];", /exports `registrations`, which is no list/],
    ["with something else as read models", "export const projections = [1];", /exports `projections`, which is no list/],
  ])("is refused with a module %s", async (name, text, message) => {
    const module = text === "folder" ? folder : join(folder, `${name.replaceAll(" ", "-")}.mjs`);
    if (text !== undefined && text !== "folder") await writeFile(module, text);
    await expect(loadDomain([module])).rejects.toThrow(
      expect.objectContaining({ code: "invalid_module", message: expect.stringMatching(message) }),
    );
  });
});
