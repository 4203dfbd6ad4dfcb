import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import type { Connection } from "../connection.ts";
import { ListenError } from "./errors.ts";

/** Resolves with the port once the server listens; rejects with `ListenError` where it cannot. */
export async function listenAt(protocol: Connection["protocol"], server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new ListenError(protocol, host, port, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

/** Rejects with `ListenError` where nobody could listen now: to be asked before anything is made for a game that players could not reach. */
export async function checkPlayerAddress(protocol: Connection["protocol"], host: string, port: number): Promise<void> {
  const server = createServer();
  await listenAt(protocol, server, host, port);
  await closeServer(server);
}

/** Resolves when the server takes no more connections and has none left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
