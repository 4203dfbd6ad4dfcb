import { ensureServer, startImmudb } from "@aethyr/servers";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The ImmuDB of this test run; null where there is none. */
    immudb: { readonly address: string; readonly username: string; readonly password: string } | null;
  }
}

/** Global setup of a test run: one ImmuDB for all test files, each with a database of its own. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | void> {
  if ((await ensureServer("immudb")) === undefined) return provide("immudb", null);
  const login = { username: "immudb", password: "test-password" };
  const server = await startImmudb({ adminPassword: login.password });
  provide("immudb", { ...login, address: server.address });
  return () => server.stop();
}
