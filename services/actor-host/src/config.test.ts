import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const read = (env: NodeJS.ProcessEnv) => readConfig(env, tmpdir());

test("[A19] everything has a default, the same as for any world", () => {
  expect(read({})).toMatchObject({
    natsUrl: "nats://127.0.0.1:4222",
    config: { world: "aethyr", data: join(tmpdir(), ".aethyr"), store: "immudb", immudb: {}, outage: "refuse" },
  });
});

test("[A19] every wrong setting is named at once, and no secret is told", () => {
  const wrong = { AETHYR_WORLD: "No World", AETHYR_LOG_LEVEL: "loud", AETHYR_IMMUDB_PASSWORD: "" };
  expect(() => read(wrong)).toThrow(/world.*log\.level|log\.level.*world/s);
  expect(() => read(wrong)).toThrow(/immudb\.password.*not shown/s);
  expect(() => read({ AETHYR_NATS_URL: "" })).toThrow(/AETHYR_NATS_URL/);
});

test.each([
  [{ AETHYR_STORE: "sqlite" }, /store is sqlite/],
  [{ AETHYR_OUTAGE: "journal" }, /single host/],
])("what several hosts cannot share is refused: %j", (env, message) => {
  expect(() => read(env)).toThrow(message);
});

test("[A19] what an actor host has no use for is named, and where it was given", () => {
  expect(read({}).warnings).toEqual([]);
  const env = { AETHYR_GATEWAY_TELNET_PORT: "4002", AETHYR_STARTER_WORLD: "false", AETHYR_LIMITS_PENDING: "7" };
  const { config, warnings } = read(env);
  expect(config.limits.pending).toBe(7);
  expect(warnings).toEqual([
    expect.stringMatching(/^gateway\.telnet\.port from environment AETHYR_GATEWAY_TELNET_PORT does nothing in an actor host/),
    expect.stringMatching(/^starterWorld from environment AETHYR_STARTER_WORLD/),
  ]);
});
