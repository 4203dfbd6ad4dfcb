import { defaultHostOptions } from "@aethyr/runtime";
import { expect, test } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import { hostOptions } from "./host-options.ts";
import { loadDomain } from "./load-domain.ts";

const of = async (env: Readonly<Record<string, string>>) => hostOptions(loadConfig({ env, cwd: "/" }).config, await loadDomain([]));

test("[A19] every key that is about an actor host reaches it", async () => {
  const env = {
    AETHYR_LIMITS_PENDING: "11",
    AETHYR_LIMITS_MAILBOX: "12",
    AETHYR_LIMITS_DRAIN_MS: "13",
    AETHYR_IDLE_MS: "14",
    AETHYR_ACTIVE_LIMIT: "15",
    AETHYR_SNAPSHOT_EVERY: "room=16",
    AETHYR_STORE: "immudb",
  };
  expect(await of(env)).toEqual({
    pendingLimit: 11,
    mailboxLimit: 12,
    drainMs: 13,
    idleMs: 14,
    activeLimit: 15,
    snapshotEvery: { room: 16 },
    stallMs: defaultHostOptions.stallMs,
  });
});

test("[A18] only a server can be away: a disk that takes its time is waited for", async () => {
  expect(await of({})).toMatchObject({ stallMs: 0 });
});
