import { expect, test } from "vitest";
import { loadClusterConfig } from "./cluster-config.ts";

const load = (env: Readonly<Record<string, string>>) => loadClusterConfig({ flags: {}, env, cwd: "/nowhere" }).config;

test("[A19] the log of a cluster is in ImmuDB, without that it has to be said", () => {
  expect(load({})).toMatchObject({ store: "immudb", outage: "refuse" });
});

test("[A18] a store that processes cannot share, or an outage that only one process may ride out, is refused", () => {
  expect(() => load({ AETHYR_STORE: "sqlite" })).toThrow(
    expect.objectContaining({ code: "invalid_config", problems: ["store is sqlite: the processes of a cluster share a log in immudb"] }),
  );
  expect(() => load({ AETHYR_OUTAGE: "journal" })).toThrow(
    expect.objectContaining({ code: "invalid_config", problems: ["outage is journal: only a world in a single process may do so"] }),
  );
});
