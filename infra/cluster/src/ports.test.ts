import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { checkPorts, defaultPorts, type ClusterPorts } from "./ports.ts";

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

test("[A19] ports that something else has are all named before anything is started, with the flag that does without them", async () => {
  // Two that are held, and some that were free a moment ago.
  const servers = await Promise.all([listening(0), listening(0), listening(0), listening(0), listening(0), listening(0)]);
  const [websocket = 0, postgres = 0, telnet = 0, api = 0, nats = 0, immudb = 0] = servers.map(portOf);
  const ports: ClusterPorts = { telnet, websocket, api, nats, immudb, postgres };
  const close = (some: readonly Server[]) => Promise.all(some.map((server) => new Promise((resolve) => void server.close(resolve))));
  try {
    await close(servers.splice(2));
    await expect(checkPorts(ports, { gateways: 1, natsServers: 1 })).rejects.toMatchObject({
      code: "ports_taken",
      message: expect.stringMatching(`${websocket} \\(WebSocket\\), ${postgres} \\(PostgreSQL\\): .*--any-ports`) as string,
    });
    await close(servers.splice(0));
    await checkPorts(ports, { gateways: 1, natsServers: 1 });
  } finally {
    await close(servers);
  }
});

test("[A19] none of the ports that a cluster takes by itself is another's, with as many gateways and NATS servers as there may be", () => {
  const { telnet, websocket, api, nats, immudb, postgres } = defaultPorts;
  const gateways = Array.from({ length: 16 }, (_, number) => [telnet + 2 * number, websocket + 2 * number]).flat();
  const all = [...gateways, api, nats, nats + 1, nats + 2, immudb, postgres];
  expect(new Set(all).size).toBe(all.length);
});
