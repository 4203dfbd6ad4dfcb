import { serverStatus } from "@aethyr/servers";
import { verb } from "../verb.ts";
import { namedServers, printStatuses, withServerName } from "./server-names.ts";

export const serversStatus = verb({
  name: "status",
  summary: "shows which servers are there, and whether they run",
  examples: [
    ["servers status", "both"],
    ["servers status nats --output json", "NATS only, for a script"],
  ],
  define: withServerName,
  async run(call) {
    const { config } = call.config();
    await printStatuses(
      call.print,
      await Promise.all(namedServers(call.args).map(async (name) => serverStatus(name, config.data, call.io.env))),
    );
  },
});
