import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { ListenError } from "./errors.ts";

/** Resolves with the port once the server listens; rejects with `ListenError` where it cannot. */
export async function listenAt(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new ListenError(host, port, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

/** Resolves when the server takes no more connections and has none left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
