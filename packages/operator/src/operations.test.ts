import { silentLog } from "@aethyr/runtime";
import { connectOperations } from "./http/client.ts";
import { startOperatorApi } from "./http/server.ts";
import { historySuite } from "./testing/history-suite.ts";
import { operationsSuite, type Opened } from "./testing/operations-suite.ts";
import { rebuildSuite } from "./testing/rebuild-suite.ts";
import type { SmallWorld } from "./testing/small-world.ts";

const inProcess = async ({ operations }: SmallWorld): Promise<Opened> => ({ operations, close: async () => undefined });

async function overHttp({ operations }: SmallWorld): Promise<Opened> {
  const api = await startOperatorApi({ operations, port: 0, token: "a-token-for-tests", log: silentLog });
  return { operations: connectOperations({ url: api.url, token: "a-token-for-tests" }), close: () => api.close() };
}

for (const suite of [operationsSuite, historySuite, rebuildSuite]) {
  suite("operations in process", inProcess);
  suite("operations over HTTP", overHttp);
}
