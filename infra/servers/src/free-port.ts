import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { ServerStartError } from "./errors.ts";

export const loopbackHost = "127.0.0.1";

// Below the ports that systems hand to outgoing connections: there, a client that keeps reconnecting to a server that
// is down can be given the server's own port and keep it from coming back.
const lowestPort = 20_000;
const highestPort = 30_000;
const maxAttempts = 100;

/** A loopback port that nobody listens on at this moment. Somebody else may take it before you do. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = randomInt(lowestPort, highestPort);
    if (await isPortFree(port)) return port;
  }
  throw new ServerStartError(
    `No free port found between ${lowestPort} and ${highestPort} in ${maxAttempts} attempts. Name a port yourself.`,
  );
}

/** True when we could listen on this loopback port at this moment. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: loopbackHost, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
