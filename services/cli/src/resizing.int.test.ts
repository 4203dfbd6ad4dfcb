import { randomUUIDv7 } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { connectNatsBus, queueLane, type NatsBus } from "@aethyr/bus/nats";
import { loadClusterConfig } from "@aethyr/cluster";
import { initImmudb } from "@aethyr/event-store/immudb";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import { createClosers } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import { encodeCommand } from "@aethyr/protocol";
import { ensureServer, startImmudb, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createAethyr, type Ran } from "./testing/aethyr.ts";
import { callOf, documentedLines, type DocumentedLine } from "./testing/documented-lines.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { repository, start, startAethyr, type Environment, type Started } from "./testing/processes.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);
const adminPassword = "an-admin-password-1A!";
const append = { username: "aethyr_append", password: "a-host-password-1A!" };
const within = { timeout: 120_000, interval: 200 };
/** Processes of their own take their time on a machine that does other things as well. */
const patience = 400_000;
const rooms = Array.from({ length: 6 }, (_, index) => ref("room", `room-${index}`));
const hostFile = resolve(repository, "services/actor-host/src/main.ts");

/** The lines of the page, by the verb that they call, in order. On the page the command is called without the package manager. */
const page = "docs/operations/resizing.md";
const typedLines = documentedLines(
  page,
  readFileSync(join(repository, page), "utf8").replaceAll(/^(\s*(?:\w+=\S+ )*)aethyr /gm, "$1npx -y pnpm aethyr "),
);
const linesOf = (verb: string): readonly DocumentedLine[] => typedLines.filter(({ text }) => text.includes(` aethyr ${verb} `));

test("every line that the page tells to type is run by a test of this file", () => {
  const known = ["partitions resize", "world rename", "world split", "world import"].flatMap(linesOf);
  expect(known.toSorted((a, b) => a.line - b.line)).toEqual(typedLines);
  expect(typedLines).toHaveLength(8);
});

describe.skipIf(!isHere)("a cluster, as the page on another number of partitions and another name tells", () => {
  let folder: string;
  let nats: RunningServer;
  let immudb: RunningServer;
  let env: Readonly<Record<string, string>>;
  let bus: NatsBus;
  const { opened, close } = createClosers();
  const hosts: Started[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    [nats, immudb] = await Promise.all([startNats({}), startImmudb({ adminPassword })]);
    await initImmudb({ address: immudb.address, username: "immudb", password: adminPassword, database: "aethyr", users: { append } });
    env = {
      AETHYR_DATA: join(folder, "host"),
      AETHYR_STORE: "immudb",
      AETHYR_NATS_SERVERS: nats.url,
      AETHYR_IMMUDB_ADDRESS: immudb.address,
      AETHYR_IMMUDB_USERNAME: append.username,
      AETHYR_IMMUDB_PASSWORD: append.password,
    };
  });
  afterAll(async () => {
    await close();
    for (const host of hosts) await host[Symbol.asyncDispose]();
    await Promise.all([nats?.stop(), immudb?.stop()]);
    await removeFolder(folder);
  });

  function startHost(name: string, partitions: number, more: Environment = {}): Started {
    const host = start(process.execPath, ["--no-memory-protection-keys", hostFile], {
      env: {
        ...env,
        AETHYR_DATA: join(folder, name),
        AETHYR_PLACEMENT_HOST: name,
        AETHYR_PLACEMENT_PARTITIONS: String(partitions),
        ...more,
      },
    });
    hosts.push(host);
    return host;
  }
  async function stop(host: Started): Promise<void> {
    host.process.kill("SIGTERM");
    expect(await host.ended).toBe(0);
  }
  const run = (line: DocumentedLine | undefined): Promise<Ran> =>
    createAethyr({ cwd: folder, data: env["AETHYR_DATA"] ?? "" })([...(callOf(line!)?.words ?? [])], { env });
  const lane = (world = "aethyr") => queueLane({ servers: nats.url, world });
  async function enqueue(type: string, target: Ref, data: Json): Promise<string> {
    const command = { v: 1 as const, id: randomUUIDv7(), type, target, data, actor: "tester" };
    await bus.enqueue({ id: command.id, target, ...encodeCommand(command, "application/json") });
    return command.id;
  }
  /** Everything that is in the log, by room: ids of commands. */
  async function commandsOf(room: Ref): Promise<readonly string[]> {
    const store = await openImmudb(loadClusterConfig({ flags: {}, env, cwd: folder }).config, { readOnly: true });
    try {
      return (await store.readStream(room)).map(({ meta }) => meta.command);
    } finally {
      await store.close();
    }
  }
  const emptied = (world?: string) => vi.waitFor(async () => expect(await lane(world)).toMatchObject({ waiting: 0 }), within);

  test(
    "[G3] [G4] [G6] partitions: what waits takes effect once and in order, the verb may be killed, and a host that slept is shut out",
    async () => {
      const [look, resize] = linesOf("partitions resize");
      const asleep = startHost("sleeper", 8);
      await vi.waitFor(async () => expect(await lane()).toBeDefined(), within);
      bus = opened(await connectNatsBus({ servers: nats.url, world: "aethyr", createStreams: false }));
      const sent = new Map<string, string[]>();
      const send = async (type: string, data: (room: Ref) => Json): Promise<void> => {
        for (const room of rooms) sent.set(room.id, [...(sent.get(room.id) ?? []), await enqueue(type, room, data(room))]);
      };
      await send("CreateRoom", ({ id }) => ({ name: id }));
      await emptied();
      expect(await run(look)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/the host sleeper of this world is running/) as string,
      });

      asleep.process.kill("SIGSTOP");
      for (const description of ["one", "two", "three", "four", "five"]) await send("UpdateRoomDescription", () => ({ description }));
      const looked = await vi.waitFor(async () => {
        const ran = await run(look);
        expect(ran).toMatchObject({ code: 0 });
        return ran;
      }, within);
      expect(looked.stdout).toMatch(/^partitions +8\nwould have +64\nmap +2\ncommands that wait +30$/m);
      expect(await lane()).toEqual({ waiting: 30, partitions: 8, isClosed: false });

      const killed = startAethyr(["partitions", "resize", "64"], env);
      await vi.waitFor(async () => expect((await lane())?.partitions === 64 || (await lane())?.isClosed === true).toBe(true), {
        ...within,
        interval: 5,
      });
      killed.process.kill("SIGKILL");
      await killed.ended;
      expect(await run(resize)).toMatchObject({ code: 0 });
      expect(await lane()).toEqual({ waiting: 30, partitions: 64, isClosed: false });
      expect((await run(resize)).stdout).toMatch(/64 already: nothing to do/);

      const awake = startHost("awake", 64);
      await emptied();
      asleep.process.kill("SIGCONT");
      await vi.waitFor(() => expect(asleep.stderr() + asleep.stdout()).toContain("fence_retired"), within);
      await send("UpdateRoomDescription", () => ({ description: "six" }));
      await emptied();
      for (const room of rooms) expect(await commandsOf(room)).toEqual(sent.get(room.id));
      asleep.process.kill("SIGKILL");
      await stop(awake);
    },
    patience,
  );

  test(
    "[G3] [G12] another name: the log goes on where it is, what waited takes effect under the new name",
    async () => {
      const [look, rename] = linesOf("world rename");
      const waiting = [];
      for (const room of rooms) waiting.push(await enqueue("UpdateRoomDescription", room, { description: "under another name" }));
      await vi.waitFor(
        async () => expect(await run(look)).toMatchObject({ code: 0, stdout: expect.stringMatching(/would be +midgaard/) as string }),
        within,
      );
      expect(await run(rename)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/carried over now +6/) as string,
        stderr: expect.stringContaining("AETHYR_WORLD=midgaard and AETHYR_IMMUDB_DATABASE=aethyr") as string,
      });
      expect((await run(rename)).stdout).toMatch(/is called midgaard already/);
      const host = startHost("new", 64, { AETHYR_WORLD: "midgaard", AETHYR_IMMUDB_DATABASE: "aethyr" });
      await emptied("midgaard");
      for (const [index, room] of rooms.entries()) expect((await commandsOf(room)).at(-1)).toBe(waiting[index]);
      await stop(host);
    },
    patience,
  );
});
