import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { createWorld, expectFold, level, levelAgain, project, until } from "../contract/fixture.ts";
import { made, moved, type World } from "../contract/small-world.ts";
import { faultOf } from "../fault.ts";
import { run, type ReadModelDatabase } from "../database.ts";

const saysFull = /No space left|full/;

/** Text that no compression makes smaller. */
const large = (): string => randomBytes(6_000).toString("base64");

/**
 * Writes read models until their disk is full, and holds what they say and what is in them then; then makes room, and holds them against the
 * whole log. The log goes on all the while.
 */
export async function fillAndHold(database: ReadModelDatabase, makeRoom: () => void): Promise<void> {
  const world = createWorld();
  const projections = project(database, world);
  projections.start();
  await world.happen([made("first")]);
  await level(projections, world);
  // The database may be so full that it cannot even be opened.
  const problem = async (): Promise<unknown> => projections.status().then(([status]) => status?.problem, asItself);
  for (let number = 0; (await problem()) === undefined; number += 1) {
    const ids = Array.from({ length: 20 }, (_, index) => `${number}-${index}`);
    await world.happen(ids.map((id) => made(id, "player/ada", large())));
    const head = await world.store.head();
    const reached = async () => projections.status().then(([status]) => (status?.copies[0]?.position ?? 0) >= head, asItself);
    await until(async () => (await reached()) !== false || (await problem()) !== undefined);
  }
  expect(await problem()).toMatchObject({ code: "database_unavailable", message: expect.stringMatching(saysFull) as string });
  await world.happen([moved("first", "player/bob")]);
  await holdWhileFull(database, world);
  makeRoom();
  await levelAgain(projections, world);
  await expectFold(database, world);
  await until(async () => (await problem()) === undefined);
}

const asItself = (error: unknown): unknown => error;

/** What is there is the fold of the log up to the checkpoint, which is not its end; nothing is paused. */
async function holdWhileFull(database: ReadModelDatabase, world: World): Promise<void> {
  try {
    const [copy] = await run<{ position: number; failure: unknown }>(database.kysely, "select position, failure from aethyr.copies");
    expect(copy).toMatchObject({ failure: null });
    expect(copy?.position).toBeLessThan(await world.store.head());
    await expectFold(database, world, { upTo: copy?.position ?? 0 });
  } catch (error) {
    if (faultOf(error) !== "unavailable") throw error;
  }
}
