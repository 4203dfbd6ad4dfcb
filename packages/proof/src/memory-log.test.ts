import { expect, test } from "vitest";
import { provableLogContract } from "./contract/index.ts";
import { createMemoryLog } from "./memory-log.ts";
import { genesisAlh } from "./sha256.ts";
import { entriesOf } from "./testing/chains.ts";
import { verifyLog } from "./verify-log.ts";

provableLogContract({
  name: "memory",
  open: async () => {
    const log = createMemoryLog();
    let written = 0;
    return {
      log,
      write: async (transactions) => {
        for (let count = 0; count < transactions; count += 1) log.append(entriesOf((written += 1)), written);
      },
    };
  },
});

test("[G10] a log without transactions is at nothing, and verifies as such", async () => {
  const log = createMemoryLog("empty");
  expect(await log.state()).toEqual({ database: "empty", tx: 0, hash: genesisAlh });
  expect(await verifyLog(log)).toMatchObject({ ok: true, to: 0, entries: 0 });
  expect(await verifyLog({ ...log, state: async () => ({ ...(await log.state()), hash: new Uint8Array(32) }) })).toMatchObject({
    rule: "state",
  });
});
