import type { Domain } from "@aethyr/kernel";
import { defaultHostOptions, type HostOptions } from "@aethyr/runtime";
import type { Config } from "../config/schema.ts";
import { snapshotEvery } from "./snapshot-every.ts";

/** What the configuration says of an actor host. Throws `ConfigError` for snapshots of a type that there is not. */
export function hostOptions(config: Config, domain: Domain): Partial<HostOptions> {
  const { idleMs, activeLimit, store } = config;
  const { pending: pendingLimit, mailbox: mailboxLimit, drainMs } = config.limits;
  return {
    pendingLimit,
    mailboxLimit,
    drainMs,
    idleMs,
    activeLimit,
    // A disk that takes its time has not gone away.
    stallMs: store === "immudb" ? defaultHostOptions.stallMs : 0,
    snapshotEvery: snapshotEvery(config.snapshotEvery, domain),
  };
}
