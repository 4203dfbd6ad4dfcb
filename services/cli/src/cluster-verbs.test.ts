import { join } from "node:path";
import { openWorld, type World } from "@aethyr/embedded";
import { ref } from "@aethyr/kernel";
import { startOperatorApi, type DeadLetterWhole, type OperatorApi, type PartitionStatus, type PlacementStatus } from "@aethyr/operator";
import { partitionOf, protocolVersion } from "@aethyr/protocol";
import { announce, loadConfig, operatorToken } from "@aethyr/process";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { InterruptedError } from "./errors.ts";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const member = { alive: true, state: "serving", weight: 1, version: "0.1.0" } as const;
const partition = { state: "active", desired: "host-1", pin: null, epoch: 4 } as const;

/** What two hosts have; the one that is drained gives a partition away whenever somebody looks. */
function twoHosts() {
  let owners: (string | null)[] = ["host-1", "host-2", "host-2"];
  let draining: string | undefined;
  const wishes = new Map<number, string>();
  const asked: unknown[] = [];
  return {
    asked,
    /** Nobody takes what is given away. */
    isAlone: false,
    onLook: () => undefined as void,
    async list(): Promise<PlacementStatus> {
      this.onLook();
      const given = owners.indexOf(draining ?? "");
      if (given >= 0 && !this.isAlone) owners = owners.with(given, "host-1");
      const hosts = this.isAlone ? ["host-2"] : ["host-1", "host-2"];
      return {
        members: hosts.map((host) => ({
          ...member,
          host,
          state: host === draining ? "draining" : "serving",
          incarnation: `${host}-i`,
          partitions: owners.filter((owner) => owner === host).length,
        })),
        partitions: owners.map((owner, number): PartitionStatus => ({
          ...partition,
          partition: number,
          owner,
          pin: wishes.get(number) ?? null,
        })),
      };
    },
    move: async (number: number, host: string) => void wishes.set(number, host),
    free: async (number: number) => void wishes.delete(number),
    async drain(host: string) {
      asked.push(host);
      draining = host;
    },
  };
}

const letter = (number: number, more: Partial<DeadLetterWhole> = {}): DeadLetterWhole => ({
  number,
  at: "2026-11-21T20:00:00.000Z",
  reason: "decide threw",
  command: `command-${number}`,
  type: "CreateRoom",
  target: ref("room", "hall"),
  actor: "ann",
  attempts: 3,
  bytes: 120,
  missing: 0,
  contentType: "application/json",
  data: { name: "The Hall" },
  correlation: "story",
  causation: null,
  raw: null,
  ...more,
});

describe("what only a cluster has", () => {
  let cwd: string;
  let world: World;
  let api: OperatorApi;
  let aethyr: Aethyr;
  let partitions = twoHosts();
  const letters = new Map<number, DeadLetterWhole>();
  const take = async (number: number) => letters.delete(number);

  beforeAll(async () => {
    cwd = await temporaryFolder();
    const data = join(cwd, "data");
    const { config } = loadConfig({ cwd, env: {}, flags: { data } });
    world = await openWorld({ config, log: silent });
    const operations: World["operations"] = {
      ...world.operations,
      sendCommands: async (commands) =>
        commands.map(({ id }) => ({ v: protocolVersion, command: id, code: "internal", message: "a fault: see the log" })),
      partitions: {
        list: () => partitions.list(),
        move: (number, host) => partitions.move(number, host),
        free: (number) => partitions.free(number),
        drain: (host) => partitions.drain(host),
      },
      deadLetters: {
        list: async (limit) => [...letters.values()].slice(0, limit),
        show: async (number) => letters.get(number),
        retry: take,
        drop: take,
      },
    };
    api = await startOperatorApi({ operations, port: 0, token: await operatorToken(config), log: silent, instance: world.instance });
    await announce(data, { instance: world.instance, pid: process.pid, world: config.world, url: api.url });
    aethyr = createAethyr({ cwd, data });
  });
  afterEach(() => {
    partitions = twoHosts();
    letters.clear();
  });
  afterAll(async () => {
    await api.close();
    await world.close();
    await removeFolder(cwd);
  });

  test("whoever is told of a fault by a host is told which host's log says more, where that can be told", async () => {
    const send = ["command", "send", "room/hall", "CreateRoom", "--data", "{}", "--id", "command-1"];
    const owner = (await partitions.list()).partitions[partitionOf(ref("room", "hall"), 3)]?.owner;
    expect(await aethyr(send)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(`the host ${owner} writes .*look for command-1`) as string,
    });
    partitions.list = async () => ({ members: [], partitions: [] });
    expect((await aethyr(send)).stderr).toContain("the process of the world writes, in the terminal");
  });

  test("partitions list shows who has what, who should have it, and who is there", async () => {
    await aethyr("partitions move 1 host-1");
    const { code, stdout } = await aethyr("partitions list");
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["partition", "state", "owner", "should be at", "wished onto", "epoch"],
      ["0", "active", "host-1", "4"],
      ["1", "active", "host-2", "host-1", "host-1", "4"],
      ["2", "active", "host-2", "host-1", "4"],
      [""],
      ["host", "state", "alive", "partitions", "weight", "version"],
      ["host-1", "serving", "yes", "1", "1", "0.1.0"],
      ["host-2", "serving", "yes", "2", "1", "0.1.0"],
      [""],
    ]);
    expect(JSON.parse((await aethyr("partitions list --output json")).stdout)).toEqual(JSON.parse(JSON.stringify(await partitions.list())));
  });

  test("partitions move wishes, --free takes the wish back, and either is needed", async () => {
    expect(await aethyr("partitions move 2 host-1 --output ndjson")).toMatchObject({
      code: 0,
      stdout: `{"partition":2,"host":"host-1"}\n`,
    });
    expect((await partitions.list()).partitions[2]?.pin).toBe("host-1");
    expect(await aethyr("partitions move 2 --free")).toMatchObject({ code: 0 });
    expect((await partitions.list()).partitions[2]?.pin).toBeNull();
    for (const line of ["partitions move 2", "partitions move 2 host-1 --free", "partitions move two host-1"])
      expect(await aethyr(line)).toMatchObject({ code: 2, stdout: "" });
  });

  test("partitions drain waits until nothing is left there", async () => {
    const { code, stdout } = await aethyr("partitions drain host-2 --output ndjson");
    expect([code, lines(stdout)]).toEqual([
      0,
      [
        { host: "host-2", left: 1 },
        { host: "host-2", left: 0 },
      ],
    ]);
    expect(partitions.asked).toEqual(["host-2"]);
  });

  test("interrupted, it says that the host goes on; where nobody takes anything, it says that", async () => {
    partitions.isAlone = true;
    const stop = new AbortController();
    let looks = 0;
    partitions.onLook = () => {
      looks += 1;
      if (looks === 2) stop.abort(new InterruptedError("SIGINT"));
    };
    const { code, stderr } = await aethyr("partitions drain host-2", { signal: stop.signal });
    expect(code).toBe(130);
    expect(stderr).toContain("warning: no other host takes partitions: host-2 keeps them until one does\n");
    expect(stderr).toMatch(/host-2 goes on giving away what it has: .*partitions list\n$/);
  });

  test("dead letters are listed and shown", async () => {
    expect(await aethyr("deadletter list")).toMatchObject({ code: 0, stdout: "", stderr: "no commands were put aside\n" });
    letters.set(7, letter(7)).set(8, letter(8, { type: null, actor: null, data: null, raw: Buffer.from("{no").toString("base64") }));
    const { stdout, stderr } = await aethyr("deadletter list");
    expect(stdout).toMatch(/^ +7 +2026-11-21T20:00:00\.000Z +CreateRoom +room\/hall +ann +3 +decide threw$/m);
    expect(stdout).toMatch(/^ +8 .*\(unreadable\)/m);
    expect(stderr).toContain("deadletter show 7");
    expect((await aethyr("deadletter show 7")).stdout).toMatch(/^name +The Hall$/m);
    expect((await aethyr("deadletter show 8")).stdout).toMatch(/^its bytes +\{no$/m);
    expect(JSON.parse((await aethyr("deadletter show 7 --output json")).stdout)).toEqual(letter(7));
    expect(await aethyr("deadletter show 9")).toMatchObject({ code: 1, stderr: "error: there is no dead letter 9, or no longer\n" });
    expect(await aethyr("deadletter show x")).toMatchObject({ code: 2 });
  });

  test.each(["retry", "drop"])("deadletter %s does what it can, and fails where one was left", async (what) => {
    letters.set(7, letter(7)).set(8, letter(8));
    const { code, stdout, stderr } = await aethyr(`deadletter ${what} 7 9 8 --output ndjson`);
    expect([code, lines(stdout)]).toEqual([
      1,
      [
        { number: 7, done: true },
        { number: 9, done: false, why: "there is no dead letter 9, or no longer" },
        { number: 8, done: true },
      ],
    ]);
    expect(stderr).toMatch(/^error: 1 of 3 were not (sent again|removed)\n$/);
    expect(letters.size).toBe(0);
  });
});

test("a world in a single process has no partitions, and says so", async () => {
  const cwd = await temporaryFolder();
  const data = join(cwd, "data");
  const { config } = loadConfig({ cwd, env: {}, flags: { data } });
  const world = await openWorld({ config, log: silent });
  await world.operations.sendCommands([
    { v: 1, id: "make-hall", type: "CreateRoom", target: ref("room", "hall"), data: { name: "Hall" }, actor: "tester" },
  ]);
  await world.close();
  const aethyr = createAethyr({ cwd, data });
  for (const line of ["partitions list", "partitions move 1 a", "partitions drain a"])
    expect(await aethyr(line)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("a single process runs this world") as string,
    });
  expect(await aethyr("deadletter list")).toMatchObject({
    code: 0,
    stderr: "the world is stopped: such commands are kept only while it runs\n",
  });
  await removeFolder(cwd);
});
