import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("everything but the password has a default", () => {
  expect(readConfig({ AETHYR_IMMUDB_PASSWORD: "secret" })).toEqual({
    AETHYR_WORLD: "aethyr",
    AETHYR_DATA: "./.aethyr",
    AETHYR_NATS_URL: "nats://127.0.0.1:4222",
    AETHYR_IMMUDB_ADDRESS: "127.0.0.1:3322",
    AETHYR_IMMUDB_USERNAME: "immudb",
    AETHYR_IMMUDB_PASSWORD: "secret",
    AETHYR_LOG_LEVEL: "info",
  });
});

test("[A19] every wrong setting is named at once, and no secret is told", () => {
  const wrong = { AETHYR_WORLD: "No World", AETHYR_LOG_LEVEL: "loud", AETHYR_IMMUDB_PASSWORD: "" };
  expect(() => readConfig(wrong)).toThrow(/AETHYR_WORLD.*AETHYR_IMMUDB_PASSWORD.*AETHYR_LOG_LEVEL/s);
});
