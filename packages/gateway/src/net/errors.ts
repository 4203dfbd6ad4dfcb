import { AethyrError } from "@aethyr/kernel";
import type { Connection } from "../connection.ts";

/** A listener cannot listen at its address: it is in use, or not this machine's, or not allowed. Nothing was opened. */
export class ListenError extends AethyrError {
  constructor(protocol: Connection["protocol"], host: string, port: number, options: ErrorOptions) {
    const key = `gateway-${protocol}-port`;
    super(
      "player_address",
      `players cannot connect by ${protocol} to ${host}:${port}: ${whyNot(options.cause)}; choose another port with --${key} or AETHYR_${key.toUpperCase().replaceAll("-", "_")}, 0 for any free one`,
      { protocol, host, port },
      options,
    );
  }
}

function whyNot(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") return "another program listens there";
  if (code === "EACCES") return "that port needs more rights";
  return cause instanceof Error ? cause.message : String(cause);
}
