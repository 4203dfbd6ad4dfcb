import { ensureServers } from "./require-server.ts";

/** Global setup of a test run: builds the servers that are missing, once, before any suite asks for them. */
export async function setup(): Promise<void> {
  await ensureServers({ onProgress: (line) => process.stderr.write(`servers: ${line}\n`) });
}
