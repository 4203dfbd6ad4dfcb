import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import type { Board } from "../board.ts";
import { boardContract } from "../contract/index.ts";
import { connectNatsBoard } from "./nats-board.ts";

const nats = await ensureServer("nats");

describe.skipIf(nats === undefined)("on a real server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());

  boardContract({
    name: "NATS",
    open: async () => {
      const world = `w${randomUUID().slice(0, 23)}`;
      const boards: Board[] = [];
      return {
        connect: async () => {
          const board = await connectNatsBoard({ servers: server.url, world, ttlMs: 2_000 });
          boards.push(board);
          return board;
        },
        until: (condition) => vi.waitFor(condition, { timeout: 30_000, interval: 50 }),
        close: async () => void (await Promise.all(boards.map((board) => board.close()))),
      };
    },
  });
});
