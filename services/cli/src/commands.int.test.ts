import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { repository, startWorld, type Started } from "./testing/processes.ts";

let cwd: string;
let world: Started;
let aethyr: Aethyr;

beforeAll(async () => {
  cwd = await temporaryFolder();
  const data = join(cwd, "data");
  world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
  aethyr = createAethyr({ cwd, data });
  await aethyr(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"The Hall"}', "--id", "make-hall"]);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await removeFolder(cwd);
});

test.each(["updateroomdescription", "update-room-description", "UpdateDescription", "UpdateRoomDescripton"])(
  "who sends %s is told the command that was probably meant, and where all are listed",
  async (name) => {
    const { code, stdout, stderr } = await aethyr(`command send room/hall ${name}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: unknown_command: /);
    expect(stderr).toMatch(/^ {2}Did you mean UpdateRoomDescription\?\n.*npx -y pnpm aethyr command list room\n$/m);
  },
);

test("a command that is like no other gets no suggestion", async () => {
  const { stderr } = await aethyr("command send room/hall Explode");
  expect(stderr).not.toContain("Did you mean");
  expect(stderr).toContain("command list room");
});

test("command list names every command with its targets and fields; a module's too", async () => {
  const all = JSON.parse((await aethyr("command list --output json")).stdout) as { command: string; targets: string[] }[];
  expect(all).toContainEqual({
    command: "CreateRoom",
    targets: ["room"],
    creates: true,
    fields: [
      { name: "name", type: "string", required: true, secret: false },
      { name: "description", type: "string", required: false, secret: false },
      { name: "attributes", type: "object of any", required: false, secret: false },
    ],
  });
  expect(all).toContainEqual(expect.objectContaining({ command: "UpdateGameObjectAttribute", targets: ["game-object", "player", "room"] }));
  const ofRooms = lines((await aethyr("command list room --output ndjson")).stdout) as typeof all;
  expect(ofRooms.map(({ targets }) => targets)).toEqual(ofRooms.map(() => ["room"]));
  expect((await aethyr("command list player")).stdout).toMatch(/^UpdatePlayerPassword +player +no +passwordHash +yes +string \(secret\)$/m);

  const module = join(repository, "docs/guide/index.ts");
  expect((await aethyr("command list")).stdout).not.toContain("GrantTitle");
  expect((await aethyr(`command list player --modules ${module}`)).stdout).toContain("GrantTitle");
  expect((await aethyr("command list player", { env: { AETHYR_MODULES: module } })).stdout).toContain("GrantTitle");
});

test("a command to a type that the world does not know is told where more types come from", async () => {
  const { code, stderr } = await aethyr("command send dragon/smaug Hatch");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: unknown_aggregate_type: .*\n {2}nothing here knows an aggregate type dragon: .*AETHYR_MODULES or --modules\n$/,
  );
});
