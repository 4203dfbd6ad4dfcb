import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { ref } from "@aethyr/kernel";
import { accepted, newEvent, write } from "../contract/samples.ts";
import { openImmudbEventStore } from "../immudb/index.ts";
import { testServer } from "../immudb/testing/test-server.ts";
import { openSqliteEventStore } from "../sqlite/index.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { digestOfLog } from "./log-digest.ts";
import { migrateLog, type MigrationReport } from "./migrate-log.ts";
import { toldBy } from "./testing/histories.ts";
import { makeLog, seeded } from "./testing/made-log.ts";
import type { Migration } from "./testing/migrating-process.ts";

const immudb = await ensureServer("immudb");
const program = fileURLToPath(new URL("./testing/migrating-process.ts", import.meta.url));

/** Runs a migration in a process of its own, and kills that once it has told so many steps. Its report, if it came to one. */
async function migrated(migration: Migration, steps: number): Promise<MigrationReport | undefined> {
  const child = spawn(process.execPath, ["--no-warnings", program, JSON.stringify(migration)], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let told = 0;
  let report: MigrationReport | undefined;
  for await (const line of createInterface(child.stdout)) {
    told += 1;
    if (line.startsWith("{")) report = JSON.parse(line) as MigrationReport;
    if (told === steps) child.kill("SIGKILL");
  }
  const [code, signal] = await exited;
  expect(signal ?? code).toBe(told < steps || report ? 0 : "SIGKILL");
  return report;
}

describe.skipIf(immudb === undefined)("between sqlite and a real immudb", () => {
  const { fresh } = testServer();
  const newFolder = testFolders();

  test("[G2] [G3] [D18] a log goes from sqlite to immudb and back, each way killed again and again, and is the same log", async () => {
    const seed = 20_261;
    const random = seeded(seed);
    const [first, middle, last] = [{ directory: newFolder() }, fresh(), { directory: newFolder() }];
    const source = await openSqliteEventStore(first);
    await makeLog(source, 3000, seed);
    const [digest, told] = [await digestOfLog(source), await toldBy(source)];
    await source.close();
    await (await openImmudbEventStore(middle)).close();

    for (const [from, to] of [
      [first, { ...middle, create: false }],
      [{ ...middle, create: false }, last],
    ] as const) {
      let had = 0;
      for (let kill = 0; kill < 3; kill += 1) {
        // Each batch tells a step, and those of an earlier run are compared in steps of the same size.
        const steps = 1 + Math.ceil(had / 64) + Math.floor(random() * 20);
        expect(await migrated({ from, to, batch: 64 }, steps), `seed ${seed}`).toBeUndefined();
        had += 600;
      }
      const report = await migrated({ from, to, batch: 512 }, Number.POSITIVE_INFINITY);
      expect(report).toMatchObject(digest);
      expect(report?.copied).toBeLessThan(digest.events);
    }

    const [onImmudb, back] = [await openImmudbEventStore({ ...middle, create: false }), await openSqliteEventStore(last)];
    try {
      expect(await digestOfLog(onImmudb)).toEqual(digest);
      expect(await digestOfLog(back)).toEqual(digest);
      expect(await toldBy(onImmudb)).toEqual(told);
      expect(await toldBy(back)).toEqual(told);
    } finally {
      await Promise.all([onImmudb.close(), back.close()]);
    }
  });

  test("a commit that sqlite takes at once and immudb does not arrives in parts", async () => {
    const [source, target] = [await openSqliteEventStore({ directory: newFolder() }), await openImmudbEventStore(fresh())];
    try {
      const streams = Array.from({ length: 256 }, (_, index) => ref("room", `r${index}`));
      const event = () => {
        const made = newEvent();
        return { ...made, meta: { ...made.meta, command: "wide" } };
      };
      await accepted(source, {
        writes: streams.map((stream) => write(stream, 0, [event(), event()], true)),
        command: { id: "wide", outcome: { streams: 256 } },
      });
      const report = await migrateLog(source, target);
      expect(report).toMatchObject({ events: 512, commands: 1, endedStreams: 256, streams: 256, copied: 512 });
      expect(await toldBy(target)).toEqual(await toldBy(source));
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  });

  test("[D18] a target in immudb that holds another world is refused and left as it is", async () => {
    const [source, target] = [await openSqliteEventStore({ directory: newFolder() }), await openImmudbEventStore(fresh())];
    try {
      await makeLog(source, 50, 1);
      await makeLog(target, 50, 2);
      const before = await toldBy(target);
      await expect(migrateLog(source, target)).rejects.toMatchObject({ code: "other_history" });
      expect(await toldBy(target)).toEqual(before);
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  });
});
