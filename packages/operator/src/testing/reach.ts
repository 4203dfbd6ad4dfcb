import { afterEach, beforeEach } from "vitest";
import { silentLog } from "@aethyr/runtime";
import { connectOperations } from "../http/client.ts";
import { startOperatorApi } from "../http/server.ts";
import type { Operations } from "../operations.ts";
import { startSmallWorld, type SmallWorld, type SmallWorldOptions } from "./small-world.ts";

/** A way to the operations on a world, and its end; the world is not closed by it. */
export type Reach = (world: SmallWorld) => Promise<{ readonly operations: Operations; close(): Promise<void> }>;

export const inProcess: Reach = async ({ operations }) => ({ operations, close: async () => undefined });

export const overHttp: Reach = async ({ operations }) => {
  const api = await startOperatorApi({ operations, port: 0, token: "a-token-for-tests", log: silentLog });
  return { operations: connectOperations({ url: api.url, token: "a-token-for-tests" }), close: () => api.close() };
};

/** Of the test that runs. */
export type ReachedWorld = { readonly world: SmallWorld; readonly operations: Operations };

/** Opens a small world before each test of a suite and closes it after it. */
export function smallWorldOfEachTest(reach: Reach, options: () => SmallWorldOptions = () => ({})): ReachedWorld {
  let world: SmallWorld;
  let reached: Awaited<ReturnType<Reach>>;
  beforeEach(async () => {
    world = await startSmallWorld(options());
    reached = await reach(world);
  });
  afterEach(async () => {
    await reached.operations.close();
    await reached.close();
    await world[Symbol.asyncDispose]();
  });
  return {
    get world() {
      return world;
    },
    get operations() {
      return reached.operations;
    },
  };
}
