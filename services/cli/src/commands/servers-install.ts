import { installServer, type LocatedServer } from "@aethyr/servers";
import { verb } from "../verb.ts";
import { namedServers, withServerName } from "./server-names.ts";

export const serversInstall = verb({
  name: "install",
  summary: "builds the servers, unless they are there already",
  details: "Needs Go and its module proxy, no root; takes a minute or so. Not needed for the embedded profile.",
  examples: [
    ["servers install", "both"],
    ["servers install nats", "NATS only"],
  ],
  define: withServerName,
  async run(call) {
    const { env, signal } = call.io;
    const installed: LocatedServer[] = [];
    for (const name of namedServers(call.args)) {
      installed.push(await installServer(name, { env, signal, onProgress: (line) => call.notes.progress(`${name}: ${line}`) }));
    }
    call.notes.clear();
    await call.print.list(installed, [
      { title: "server", value: ({ name }) => name },
      { title: "binary", value: ({ path }) => path },
    ]);
  },
});
