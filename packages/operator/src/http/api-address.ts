import { once } from "node:events";
import { createServer } from "node:net";
import { ApiAddressError } from "../errors.ts";

type Address = { readonly host: string; readonly port: number };

/** Rejects with `api_address` where no API can listen now: to be asked before anything is made for a world that nobody could reach. */
export async function checkApiAddress({ host, port }: Address): Promise<void> {
  const server = createServer();
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    throw addressError({ host, port }, error);
  }
  server.close();
  await once(server, "close");
}

export function addressError({ host, port }: Address, error: unknown): ApiAddressError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const why = code === "EADDRINUSE" ? "another program listens there" : code === "EACCES" ? "that port needs more rights" : String(error);
  return new ApiAddressError(host, port, why, { cause: error });
}
