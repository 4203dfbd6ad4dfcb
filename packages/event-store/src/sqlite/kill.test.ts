import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { refOf } from "@aethyr/kernel";
import { verifyLog } from "@aethyr/proof";
import { readLog, readStreamAll } from "../read-all.ts";
import { all } from "../contract/samples.ts";
import type { Acknowledged } from "./testing/appending-process.ts";
import { openSqliteEventStore } from "./sqlite-event-store.ts";
import { testFolders } from "./testing/test-folders.ts";

const newFolder = testFolders();

type Process = ChildProcessByStdio<null, Readable, null>;
const start = (directory: string, round = ""): Process =>
  spawn(process.execPath, ["--no-warnings", fileURLToPath(new URL("./testing/appending-process.ts", import.meta.url)), directory, round], {
    stdio: ["ignore", "pipe", "inherit"],
  });

/** Kills a process that appends once it has acknowledged so many commits, and gives all that it said before it was gone. */
async function killedAfter(process: Process, commits: number): Promise<readonly Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const exited = once(process, "exit");
  for await (const line of createInterface(process.stdout)) {
    if (line === "open") continue;
    try {
      acknowledged.push(JSON.parse(line) as Acknowledged);
    } catch {
      break; // the line that it was killed in
    }
    if (acknowledged.length === commits) process.kill("SIGKILL");
  }
  await exited;
  return acknowledged;
}

test(
  "[G1] [G2] [G5] [G10] whatever was acknowledged before kill -9 is there, whole, versions run 1…n, and the hashes hold, kill after kill",
  { timeout: 120_000 },
  async () => {
    const directory = newFolder();
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < 6; round += 1) {
      acknowledged.push(...(await killedAfter(start(directory, `r${round}`), 1 + Math.floor(Math.random() * 1500))));
      const store = await openSqliteEventStore({ directory });
      try {
        const log = await all(readLog(store));
        const byPosition = new Map(log.map((event) => [event.position, event]));
        for (const { position, command } of acknowledged) expect(byPosition.get(position)?.id).toBe(`${command}/2`);
        for (let from = 0; from < acknowledged.length; from += 1000) {
          const slice = acknowledged.slice(from, from + 1000);
          expect((await store.outcomes(slice.map(({ command }) => command))).map((outcome) => outcome?.position)).toEqual(
            slice.map(({ position }) => position),
          );
        }
        // What was written and not acknowledged is whole as well: three events to a command.
        const events = Map.groupBy(log, ({ meta }) => meta.command);
        expect([...events.values()].every((of) => of.length === 3)).toBe(true);
        const last = new Map(acknowledged.map(({ path, version }) => [path, version]));
        for (const [path, version] of last) {
          const versions = (await all(readStreamAll(store, refOf(path)))).map((event) => event.version);
          expect(versions).toEqual(versions.map((_, index) => index + 1));
          expect(versions.length).toBeGreaterThanOrEqual(version);
        }
        expect(await verifyLog(store.proof)).toMatchObject({ ok: true });
        expect(await store.faults()).toEqual([]);
        expect(await store.statistics()).toMatchObject({ event_count: log.length, event_types: { RoomDescriptionUpdated: log.length } });
      } finally {
        await store.close();
      }
    }
  },
);

test("a second process on the same folder is refused, and may have it as soon as the first was killed", { timeout: 60_000 }, async () => {
  const directory = newFolder();
  const first = start(directory);
  const exited = once(first, "exit");
  await once(createInterface(first.stdout), "line");
  await expect(openSqliteEventStore({ directory })).rejects.toMatchObject({ code: "store_in_use", details: { directory } });
  first.kill("SIGKILL");
  await exited;
  const store = await openSqliteEventStore({ directory });
  await expect(openSqliteEventStore({ directory })).rejects.toMatchObject({ code: "store_in_use" });
  await store.close();
  await (await openSqliteEventStore({ directory })).close();
});
