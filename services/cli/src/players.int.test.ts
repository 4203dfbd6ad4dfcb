import { existsSync } from "node:fs";
import { join } from "node:path";
import { connectTelnet, connectWebSocket, type ScriptedClient } from "@aethyr/gateway/testing";
import { pathOf, type Ref } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { createAethyr, lines } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";
import { repository, startWorld, type Started } from "./testing/processes.ts";

const stockWorld = join(repository, "../shared/data/circlemud-3.1/world");
const password = "a long enough one";
const patience = 60_000;

/** Where players connect, as the banner says it. */
function portsOf(world: Started): { readonly telnet: number; readonly websocket: number } {
  const [, telnet, websocket] = /telnet 127\.0\.0\.1 (\d+)\s+ws:\/\/127\.0\.0\.1:(\d+)/.exec(world.stdout()) ?? [];
  return { telnet: Number(telnet), websocket: Number(websocket) };
}

async function create(client: ScriptedClient, name: string): Promise<string> {
  await client.ask(name, "yes or no", patience);
  await client.ask("yes", "characters", patience);
  await client.ask(password, "again", patience);
  return client.ask(password, "\n> ", patience);
}

async function logIn(client: ScriptedClient, name: string): Promise<string> {
  await client.ask(name, "assword", patience);
  return client.ask(password, "\n> ", patience);
}

test("[G2][A8][A16] two people in the imported world: what they did is there after kill -9, in the item's story and in SQL, and rebuilds equal", async ({
  skip,
}) => {
  if (!existsSync(stockWorld) && !process.env["CI"]) {
    process.stderr.write(`\n*** SKIPPED: to play in CircleMUD's world needs it beside the repository, ${stockWorld}.\n\n`);
    skip();
  }
  const cwd = await folderOfTest();
  const data = join(cwd, "data");
  const aethyr = createAethyr({ cwd, data });
  expect(await aethyr(["world", "import", stockWorld])).toMatchObject({ code: 0 });
  const cap = "game-object/warm-cap";
  const made = {
    name: "a warm cap",
    containerId: "room/circle-3001",
    attributes: { keywords: ["cap", "warm"], wearFlags: ["take", "head"] },
  };
  expect(await aethyr(["command", "send", cap, "CreateGameObject", "--data", JSON.stringify(made)])).toMatchObject({ code: 0 });

  const env = { AETHYR_GATEWAY_START_ROOM: "room/circle-3001", AETHYR_READ_MODELS_STORE: "pglite" };
  {
    await using world = await startWorld(data, env);
    const ports = portsOf(world);
    const ann = await connectTelnet({ port: ports.telnet });
    expect(await create(ann, "Ann")).toContain("The Temple Of Midgaard");
    const bob = await connectWebSocket({ port: ports.websocket });
    expect(await create(bob, "Bob")).toContain("Ann");
    await ann.waitFor("Bob", patience);
    await ann.ask("get cap", "You get a warm cap.", patience);
    for (const [word, place] of [
      ["s", "The Temple Square"],
      ["south", "Market Square"],
      ["w", "Main Street"],
      ["n", "The Bakery"],
    ] as const) {
      await ann.ask(word, place, patience);
      await bob.ask(word, place, patience);
    }
    await ann.ask("wear cap", "warm cap", patience);
    await bob.waitFor("warm cap", patience);
    await ann.ask("remove cap", "warm cap", patience);
    await ann.ask("give cap to bob", "You give a warm cap to Bob", patience);
    await bob.waitFor("Ann gives you a warm cap", patience);
    await bob.ask("wear cap", "\n> ", patience);
    await ann.ask("quit", "Goodbye", patience);
    world.process.kill("SIGKILL");
    await world.ended;
  }

  {
    await using world = await startWorld(data, env);
    const ann = await connectTelnet({ port: portsOf(world).telnet });
    const bob = await connectTelnet({ port: portsOf(world).telnet });
    expect(await logIn(ann, "ann")).toContain("The Bakery");
    expect(await logIn(bob, "Bob")).toContain("The Bakery");
    expect(await bob.ask("equipment", "cap", patience)).toContain("warm cap");
    expect(await ann.ask("inventory", "\n> ", patience)).not.toContain("cap");

    const story = await aethyr(`aggregate custody ${cap} --output json`);
    expect(story.code).toBe(0);
    const { holdings } = JSON.parse(story.stdout) as { readonly holdings: readonly { readonly holder: Ref | null }[] };
    expect(holdings.map(({ holder }) => holder && pathOf(holder))).toEqual(["room/circle-3001", "player/ann", "player/bob"]);
    const question = "select o.name from object_locations l join game_objects o on o.id = l.object_id where l.container_type = 'player'";
    await expect
      .poll(async () => lines((await aethyr(["sql", question, "--output", "ndjson"])).stdout), { timeout: patience })
      .toEqual([{ name: "a warm cap" }]);
    const rebuilt = await aethyr("world rebuild --output json");
    expect(rebuilt).toMatchObject({ code: 0 });
  }
}, 300_000);
