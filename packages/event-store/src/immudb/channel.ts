import { createRequire } from "node:module";
import { connectivityState, credentials, type ChannelCredentials, type Client, type ClientOptions, Metadata } from "@grpc/grpc-js";
import { NotConnectedError } from "./error-map.ts";

type ServiceClient = new (address: string, credentials: ChannelCredentials, options: ClientOptions) => Client;

// Only the generated stub of the package: its main entry ends the process when a login fails. The stub predates half of the calls and fields
// that we need, but it is a plain gRPC client, and any call can be made on it with a codec of our own.
const { ImmuServiceClient } = createRequire(import.meta.url)("immudb-node/src/proto/schema_grpc_pb.js") as {
  readonly ImmuServiceClient: ServiceClient;
};

/** Makes calls to one server. Rejects with the error of the transport, see `failureOf`. */
export type Channel = {
  call(method: string, request: Buffer, options: { readonly timeoutMs: number; readonly session?: string | undefined }): Promise<Buffer>;
  close(): void;
};

// Long enough for a restart of the server, so that callers need not see it.
const connectTimeoutMs = 3_000;

export function openChannel(address: string): Channel {
  const client = new ImmuServiceClient(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
  });
  const connected = (): Promise<void> =>
    new Promise((resolve, reject) => {
      client.waitForReady(Date.now() + connectTimeoutMs, (error) => {
        if (error) reject(new NotConnectedError(address, connectTimeoutMs));
        else resolve();
      });
    });

  return {
    call: async (method, request, { timeoutMs, session }) => {
      // Without a connection nothing is sent, and nothing is left open.
      if (client.getChannel().getConnectivityState(true) !== connectivityState.READY) await connected();
      return new Promise<Buffer>((resolve, reject) => {
        const metadata = new Metadata();
        if (session !== undefined) metadata.set("sessionid", session);
        client.makeUnaryRequest(
          `/immudb.schema.ImmuService/${method}`,
          same,
          same,
          request,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            if (error) reject(error);
            else resolve(answer ?? Buffer.alloc(0));
          },
        );
      });
    },
    close: () => client.close(),
  };
}

const same = (bytes: Buffer): Buffer => bytes;
