import { request } from "node:http";
import { silentLog, type Log } from "@aethyr/runtime";
import { startOperatorApi, type OperatorApi, type OperatorApiOptions } from "../http/server.ts";
import { startSmallWorld, type SmallWorld } from "./small-world.ts";

export const token = "the-token-of-these-tests";

export type Answer = { readonly status: number; readonly type: string; readonly body: string };
export type Ask = { readonly method?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

/** Asks the API on a port, with a plain client, because `fetch` sets Host and Origin by itself. */
export const askApi = (port: number, path: string, { method = "GET", body, headers = {} }: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", body: text }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });

export type Served = {
  readonly world: SmallWorld;
  readonly api: OperatorApi;
  readonly logged: readonly object[];
  [Symbol.asyncDispose](): Promise<void>;
};

/** A small world with its API. */
export async function serveSmallWorld(options: Partial<OperatorApiOptions> = {}): Promise<Served> {
  const logged: object[] = [];
  const log: Log = { ...silentLog, error: (fields) => logged.push(fields) };
  const world = await startSmallWorld();
  const api = await startOperatorApi({ operations: world.operations, port: 0, token, log, ...options });
  return {
    world,
    api,
    logged,
    async [Symbol.asyncDispose]() {
      await api.close();
      await world[Symbol.asyncDispose]();
    },
  };
}
