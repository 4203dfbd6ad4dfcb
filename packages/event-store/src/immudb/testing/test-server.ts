import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { startImmudb, type RunningServer } from "@aethyr/servers";
import type { EventStore } from "../../event-store.ts";
import { openChannel } from "../channel.ts";
import { openImmudbEventStore, type ImmudbOptions } from "../immudb-event-store.ts";
import { openSession, type Session } from "../session.ts";

const login = { username: "immudb", password: "test-password" };

/** A real server for the tests of a `describe`. */
export type TestServer = {
  readonly server: () => RunningServer;
  /** Options of a log that does not exist yet. */
  readonly fresh: () => ImmudbOptions;
  /** A store on a log of its own. */
  readonly using: (use: (store: EventStore, options: ImmudbOptions) => Promise<void>) => Promise<void>;
  /** A database as any client of immudb sees it, without anything of the adapter above the wire. */
  readonly raw: <T>(database: string, use: (session: Session) => Promise<T>) => Promise<T>;
};

export type TestServerOptions = {
  /** Further arguments of the server. */
  readonly args?: readonly string[];
  /** How the server is to be reached, where that is not the default. */
  readonly place?: Pick<ImmudbOptions, "tls">;
};

export function testServer({ args = [], place = {} }: TestServerOptions = {}): TestServer {
  let running: RunningServer | undefined;
  beforeAll(async () => {
    running = await startImmudb({ adminPassword: login.password, args });
  }, 120_000);
  afterAll(() => running?.stop());

  const server = (): RunningServer => {
    if (running === undefined) throw new Error("the server is started before the tests");
    return running;
  };
  const fresh = (): ImmudbOptions => ({
    ...login,
    ...place,
    address: server().address,
    database: `log${randomUUID().replaceAll("-", "")}`,
    create: true,
  });
  return {
    server,
    fresh,
    using: async (use) => {
      const options = fresh();
      const store = await openImmudbEventStore(options);
      try {
        await use(store, { ...options, create: false });
      } finally {
        await store.close();
      }
    },
    raw: async (database, use) => {
      const channel = openChannel(server().address, place);
      const session = openSession(channel, login, database);
      try {
        return await use(session);
      } finally {
        await session.close();
        channel.close();
      }
    },
  };
}
