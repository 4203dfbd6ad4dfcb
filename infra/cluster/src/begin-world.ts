import { requestCommand } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import { importStarterWorld } from "@aethyr/import";
import type { LocalCluster } from "./local-cluster.ts";

/** Makes the starter world where there is no event yet, by commands over NATS. Tells whether it did. */
export async function beginWorld({ servers, secrets }: LocalCluster, world: string): Promise<boolean> {
  const bus = await connectNatsBus({
    servers: servers.nats.map(({ url }) => url),
    world,
    name: "starter world",
    username: "console",
    password: secrets.nats.console,
    inboxPrefix: "_INBOX_console",
    createStreams: false,
  });
  try {
    if ((await bus.newest()) !== undefined) return false;
    // One after the other: what comes later may need what came before.
    await importStarterWorld((commands) => Promise.all(commands.map((command) => requestCommand(bus, command, { timeoutMs: 30_000 }))));
    return true;
  } finally {
    await bus.close();
  }
}
