import { stopManaged, type ServerStatus } from "@aethyr/servers";
import { verb } from "../verb.ts";
import { namedServers, printStatuses, withServerName } from "./server-names.ts";

export const serversStop = verb({
  name: "stop",
  summary: "stops the servers, and waits for their end",
  details: "Their data stays. One that does not run is left alone.",
  examples: [
    ["servers stop", "both"],
    ["servers stop immudb", "ImmuDB only"],
  ],
  define: withServerName,
  async run(call) {
    const { config } = call.config();
    const { env, signal } = call.io;
    const stopped: ServerStatus[] = [];
    for (const name of namedServers(call.args)) {
      call.notes.progress(`stopping ${name}`);
      stopped.push(await stopManaged(name, config.data, { env, signal }));
    }
    call.notes.clear();
    await printStatuses(call.print, stopped);
  },
});
