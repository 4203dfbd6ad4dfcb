import { installServer, locateServer, type LocatedServer } from "@aethyr/servers";
import { createLongWork } from "../output/long-work.ts";
import { verb, type Call } from "../verb.ts";
import { namedServers, withServerName } from "./server-names.ts";

export const serversInstall = verb({
  name: "install",
  summary: "builds the servers, unless they are there already",
  details:
    "Needs Go 1.25 or later and its module proxy, no root. NATS takes a minute or so, ImmuDB several; that is once for this machine. Not needed for a world in SQLite; one in ImmuDB needs immudb only.",
  examples: [
    ["servers install", "both"],
    ["servers install immudb", "ImmuDB only"],
  ],
  define: withServerName,
  async run(call) {
    const installed: LocatedServer[] = [];
    for (const name of namedServers(call.args)) {
      installed.push((await locateServer(name, call.io.env)) ?? (await install(name, call)));
    }
    await call.print.list(installed, [
      { title: "server", value: ({ name }) => name },
      { title: "binary", value: ({ path }) => path },
    ]);
  },
});

async function install(name: LocatedServer["name"], { io: { env, signal, stderr }, notes }: Call): Promise<LocatedServer> {
  const told = createLongWork(notes, name, { isTerminal: stderr.isTTY === true });
  try {
    return await installServer(name, { env, signal, onProgress: (line) => told.step(line) });
  } finally {
    told.close();
  }
}
