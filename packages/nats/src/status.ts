import type { Status } from "@nats-io/transport-node";

/** What becomes of a connection: `disconnect`, `reconnecting`, `reconnect`, `close`, `error`, … and where or why. */
export type NatsStatus = { readonly type: string; readonly detail?: string };

/** What the client library tells, in our words. */
export function statusOf(status: Status): NatsStatus {
  const { type } = status;
  if ("server" in status && typeof status.server === "string") return { type, detail: status.server };
  if ("error" in status && status.error instanceof Error) return { type, detail: status.error.message };
  return { type };
}
