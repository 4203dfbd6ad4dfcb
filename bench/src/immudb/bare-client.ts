import { createRequire } from "node:module";
import { credentials, Metadata, type Client, type ClientOptions, type ServiceError } from "@grpc/grpc-js";
import { encodeFields, readFields, textField } from "./wire.ts";

type ServiceClient = new (address: string, security: ReturnType<typeof credentials.createInsecure>, options: ClientOptions) => Client;

const { ImmuServiceClient } = createRequire(import.meta.url)("immudb-node/src/proto/schema_grpc_pb.js") as {
  readonly ImmuServiceClient: ServiceClient;
};

export type Login = { readonly username: string; readonly password: string };

/** The generated stub and a session, and nothing else: no codec, no retries, no queue. */
export type BareImmudb = {
  /** Makes a call with bytes that are encoded already and gives the bytes of the answer. Rejects with the transport's error. */
  call(method: string, request: Buffer): Promise<Buffer>;
  close(): Promise<void>;
};

export type BareParts = { readonly address: string; readonly database: string; readonly login: Login };

/** Opens a session of its own in a database. */
export async function openBareImmudb({ address, database, login }: BareParts): Promise<BareImmudb> {
  const client = new ImmuServiceClient(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
  });
  const metadata = new Metadata();
  const call = (method: string, request: Buffer): Promise<Buffer> => bareCall(client, method, request, metadata);
  try {
    const opened = await call(
      "OpenSession",
      encodeFields(textField(1, login.username), textField(2, login.password), textField(3, database)),
    );
    for (const { field, bytes } of readFields(opened)) if (field === 1) metadata.set("sessionid", Buffer.from(bytes).toString());
  } catch (error) {
    client.close();
    throw error;
  }
  return {
    call,
    async close() {
      // The server ends the session by itself where it cannot be told.
      await call("CloseSession", nothing).catch(() => undefined);
      client.close();
    },
  };
}

/** One call of the stub, with the bytes as they are. */
export function bareCall(client: Client, method: string, request: Buffer, metadata: Metadata): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/immudb.schema.ImmuService/${method}`, same, same, request, metadata, (error, answer) => {
      if (error) reject(error);
      else resolve(answer ?? nothing);
    });
  });
}

/** What the server said: the text of its error. */
export const serverText = (error: unknown): string =>
  error instanceof Error && "details" in error ? (error as ServiceError).details : String(error);

const nothing = Buffer.alloc(0);
const same = (bytes: Buffer): Buffer => bytes;
