import { mkdir } from "node:fs/promises";
import { rememberManagedImmudb } from "@aethyr/process/immudb";
import { startManaged, type ServerStatus } from "@aethyr/servers";
import { verb } from "../verb.ts";
import { namedServers, printStatuses, withServerName } from "./server-names.ts";

export const serversStart = verb({
  name: "start",
  summary: "starts the servers, and waits until they serve",
  details:
    "They go on after this call, on this machine's own addresses, with all their files in the data folder. One that runs already is left alone.",
  examples: [
    ["servers start", "both"],
    ["servers start nats --output json", "NATS only, its address for a script"],
  ],
  define: withServerName,
  async run(call) {
    const { config } = call.config();
    const { env, signal } = call.io;
    const started: ServerStatus[] = [];
    // Whoever comes first makes the folder, and it is for its owner alone.
    await mkdir(config.data, { recursive: true, mode: 0o700 });
    for (const name of namedServers(call.args)) {
      call.notes.progress(`starting ${name}`);
      const status = await startManaged(name, config.data, { env, signal });
      if (name === "immudb" && status.address !== undefined) await rememberManagedImmudb(config.data, status.address);
      started.push(status);
    }
    call.notes.clear();
    await printStatuses(call.print, started);
  },
});
