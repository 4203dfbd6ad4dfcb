import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connectTelnet, type ScriptedClient } from "@aethyr/gateway/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginWorld } from "./begin-world.ts";
import { canStartCluster, startTestCluster, type TestCluster } from "./testing/index.ts";

const patience = 120_000;
/** Each look is a process that takes a second of the processor. */
const patiently = { timeout: patience, interval: 500 };
const password = "a long enough one";
const cli = fileURLToPath(new URL("../../../services/cli/src/main.ts", import.meta.url));

describe.skipIf(!(await canStartCluster()))("a cluster with two gateways and hosts that die", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster({ world: "skerrow", hosts: 2, gateways: 2, partitions: 16 });
    await beginWorld(cluster, "skerrow");
  }, 300_000);
  afterAll(() => cluster?.close(), 60_000);

  /** What an operator's command prints, in JSON. Rejects where it fails. */
  const aethyr = (...args: readonly string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, AETHYR_DATA: cluster.consoleFolder, AETHYR_WORLD: "skerrow" };
      execFile(process.execPath, [cli, ...args, "--output", "json"], { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout));
        else reject(new Error(`aethyr ${args.join(" ")}: ${stderr}`));
      });
    });

  const telnetOf = (gateway: string): number => Number(String(cluster.services.get(gateway)?.facts()["telnet"]).split(":")[1]);

  async function create(client: ScriptedClient, name: string): Promise<string> {
    await client.ask(name, "yes or no", patience);
    await client.ask("yes", "characters", patience);
    await client.ask(password, "again", patience);
    return client.ask(password, "\n> ", patience);
  }

  /** Gives the cap until it is the other's: a host that dies costs a moment, or a word to try again, and never the cap. */
  async function give(from: ScriptedClient, to: ScriptedClient, name: string): Promise<void> {
    for (;;) {
      const answer = await from.ask(`give cap to ${name}`, "\n> ", patience);
      if (answer.includes("You give") || answer.includes("You carry nothing")) break;
    }
    await to.waitFor("gives you a warm cap", patience);
  }

  test("[G1][G2][G3][G5][G6] two players on two gateways trade while a host is killed: both go on, the thing exists once, a new host takes its share", async () => {
    const ann = await connectTelnet({ port: telnetOf("gateway-1") });
    await create(ann, "Ann");
    const bob = await connectTelnet({ port: telnetOf("gateway-2") });
    expect(await create(bob, "Bob")).toContain("Ann");
    await ann.waitFor("Bob", patience);
    await bob.ask("say hello over there", "You say", patience);
    await ann.waitFor("hello over there", patience);

    const made = { name: "a warm cap", containerId: "player/ann", attributes: { keywords: ["cap", "warm"], wearFlags: ["take", "head"] } };
    await aethyr("command", "send", "game-object/warm-cap", "CreateGameObject", "--data", JSON.stringify(made));
    await give(ann, bob, "bob");
    const killed = cluster.services.get("host-1")!.signal("SIGKILL");
    for (let round = 0; round < 3; round += 1) {
      await give(bob, ann, "ann");
      await give(ann, bob, "bob");
    }
    await killed;
    await cluster.addHost();
    for (let round = 0; round < 3; round += 1) {
      await give(bob, ann, "ann");
      await give(ann, bob, "bob");
    }
    expect(await bob.ask("inventory", "\n> ", patience)).toContain("warm cap");
    expect(await ann.ask("inventory", "\n> ", patience)).not.toContain("cap");

    // The new host has its share, and every partition is somebody's.
    const owners = async () => {
      const { partitions } = (await aethyr("partitions", "list")) as {
        readonly partitions: readonly { readonly owner: string; readonly state: string }[];
      };
      return new Set(partitions.map(({ owner, state }) => (state === "active" ? owner : state)));
    };
    await expect.poll(owners, patiently).toEqual(new Set(["host-2", "host-3"]));
    const { holdings } = (await aethyr("aggregate", "custody", "game-object/warm-cap")) as {
      readonly holdings: readonly { readonly holder: { readonly id: string } | null; readonly until?: unknown }[];
    };
    expect(holdings.map(({ holder }) => holder?.id)).toEqual([
      "ann",
      ...Array.from({ length: 13 }, (_, at) => (at % 2 === 0 ? "bob" : "ann")),
    ]);
    const where = "select container_id from object_locations where object_id = 'warm-cap'";
    await expect.poll(() => aethyr("sql", where), patiently).toEqual([{ container_id: "bob" }]);
    await aethyr("world", "rebuild");
  }, 600_000);
});
