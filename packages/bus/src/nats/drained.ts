import type { Subscription as NatsSubscription } from "@nats-io/transport-node";
import type { Link } from "./connection.ts";

/** Ends what listens, once what came before is handed over. */
export async function drained(link: Link, listening: NatsSubscription | undefined): Promise<void> {
  if (listening === undefined || listening.isClosed()) return;
  // A connection that ends meanwhile has nothing more to deliver.
  if (link.isConnected()) await listening.drain().catch(() => undefined);
  else listening.unsubscribe();
}
