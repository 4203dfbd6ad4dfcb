import { startOperatorApi } from "./http/server.ts";
import { connectOperations } from "./http/client.ts";
import { silentLog } from "@aethyr/runtime";
import { operationsSuite } from "./testing/operations-suite.ts";

operationsSuite("operations in process", async ({ operations }) => ({ operations, close: async () => undefined }));

operationsSuite("operations over HTTP", async ({ operations }) => {
  const api = await startOperatorApi({ operations, port: 0, token: "a-token-for-tests", log: silentLog });
  return { operations: connectOperations({ url: api.url, token: "a-token-for-tests" }), close: () => api.close() };
});
