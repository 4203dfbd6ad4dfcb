import { join } from "node:path";
import { startImmudb, type RunningServer } from "@aethyr/servers";
import type { ImmudbPlace } from "@aethyr/event-store/immudb";
import { openBareImmudb, type BareImmudb } from "./bare-client.ts";

/** A real server of one's own, with its data in a folder of one's own. */
export type ImmudbServer = {
  readonly server: RunningServer;
  /** Where a log of this name is, as the server's administrator. */
  place(database: string): ImmudbPlace;
  /** Below everything of ours: the stub, in a database, for as long as it is used. */
  bare<T>(database: string, use: (client: BareImmudb) => Promise<T>): Promise<T>;
};

export const administrator = { username: "immudb", password: "administrator" } as const;

export type ImmudbServerOptions = { readonly directory: string; readonly port?: number; readonly signal?: AbortSignal };

/** Rejects with the errors of `@aethyr/servers` where there is no such server on this machine, or it does not start. */
export async function startImmudbServer({ directory, port, signal }: ImmudbServerOptions): Promise<ImmudbServer> {
  const server = await startImmudb({ adminPassword: administrator.password, dir: join(directory, "immudb"), port, signal });
  return {
    server,
    place: (database) => ({ address: server.address, database, ...administrator }),
    bare: async (database, use) => {
      const client = await openBareImmudb({ address: server.address, database, login: administrator });
      try {
        return await use(client);
      } finally {
        await client.close();
      }
    },
  };
}
