import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { run, type ReadModelDatabase } from "../database.ts";
import { expectFold, level, project } from "../contract/fixture.ts";
import { longWorld } from "./long-world.ts";

const events = 6_000;

/** Kills a process that projects, as soon as it has passed so many events, wherever it is then. */
async function killedAfter(place: string, passed: number): Promise<void> {
  const module = fileURLToPath(new URL("./projecting-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", module, place, String(events)], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (Number(line) >= passed) child.kill("SIGKILL");
  await exited;
}

/**
 * Kills projectors in the middle of their batches, one after the other, and holds what each has left against the fold of the log up to its
 * checkpoint; then another goes on from there, to the end.
 */
export async function killAndHold(place: string, open: () => Promise<ReadModelDatabase>, rounds: number): Promise<void> {
  const world = await longWorld(events);
  const log = await world.log();
  let passed = 0;
  for (let round = 0; round < rounds; round += 1) {
    await killedAfter(place, passed + 1 + Math.floor(Math.random() * 300));
    const database = await open();
    try {
      const [copy] = await run<{ position: number; events: number }>(database.kysely, "select position, events from aethyr.copies");
      expect(copy?.events).toBeGreaterThan(passed);
      expect(copy?.events).toBeLessThan(events);
      passed = copy?.events ?? 0;
      expect(log[passed - 1]?.position).toBe(copy?.position);
      await expectFold(database, world, { upTo: copy?.position ?? 0 });
    } finally {
      await database.close();
    }
  }
  const database = await open();
  try {
    const projections = project(database, world, { batchEvents: 500 });
    projections.start();
    await level(projections, world);
    await projections.close();
    await expectFold(database, world);
  } finally {
    await database.close();
  }
}
