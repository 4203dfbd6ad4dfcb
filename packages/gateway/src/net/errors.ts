import { AethyrError } from "@aethyr/kernel";

/** A listener cannot listen at its address: it is in use, or not this machine's, or not allowed. Nothing was opened. */
export class ListenError extends AethyrError {
  constructor(host: string, port: number, options: ErrorOptions) {
    const reason = options.cause instanceof Error ? `: ${options.cause.message}` : "";
    super("player_address", `players cannot connect to ${host}:${port}${reason}; choose another port`, { host, port }, options);
  }
}
