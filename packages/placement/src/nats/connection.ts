import { openConnection, type Connection, type NatsStatus } from "@aethyr/nats";
import { toBoardError } from "./board-errors.ts";
import type { NatsBoardOptions } from "./options.ts";

/** The connection of one host to the board. */
export type Line = Connection & { readonly report: (status: NatsStatus) => void };

/** A host that is silent for 2 s loses its partitions: it must be back before. */
const impatient = {
  reconnectTimeWait: 200,
  reconnectJitter: 100,
  reconnectJitterTLS: 100,
  // A server that went away without a word is noticed within 3 s, is given as long to be back, and there may be another one.
  pingInterval: 1_000,
  timeout: 3_000,
};

export async function openLine(options: NatsBoardOptions): Promise<Line> {
  const name = options.name ?? `aethyr ${options.world} placement`;
  const report = (status: NatsStatus): void => options.onStatus?.(status);
  const connection = await openConnection({ ...options, name }, report, impatient).catch((error: unknown) => {
    throw toBoardError(error, "connect");
  });
  return { ...connection, report };
}
