import { credentials, Server, ServerCredentials, status, type handleUnaryCall, type Metadata, type MethodDefinition } from "@grpc/grpc-js";
import { isServiceError, said } from "../error-map.ts";
import { openTransport } from "../transport.ts";

/** Changes an answer before the client sees it. */
export type Lie = (answer: Buffer, asked: { readonly request: Buffer }) => Buffer;

/** A server that stands between a client and a real one, and passes everything on until it is told to lie. */
export type LyingServer = {
  readonly address: string;
  /** From now on answers to this method are changed; undefined: not any more. */
  lie(method: string, how: Lie | undefined): void;
  close(): void;
};

const methods = ["Health", "OpenSession", "CloseSession", "KeepAlive", "CurrentState", "TxScan", "TxById", "VerifiableTxById"];
const timeoutMs = 20_000;

export async function openLyingServer(realAddress: string): Promise<LyingServer> {
  const real = openTransport(realAddress, credentials.createInsecure());
  const lies = new Map<string, Lie>();

  const answer = async (method: string, request: Buffer, metadata: Metadata): Promise<Buffer> => {
    const [session] = metadata.get("sessionid");
    const honest = await real.call(method, request, { timeoutMs, ...(session === undefined ? {} : { session: session.toString() }) });
    return lies.get(method)?.(honest, { request }) ?? honest;
  };

  const handle =
    (method: string): handleUnaryCall<Buffer, Buffer> =>
    ({ request, metadata }, done) => {
      answer(method, request, metadata).then(
        (value) => done(null, value),
        (error: unknown) =>
          done(isServiceError(error) ? { code: error.code, details: error.details } : { code: status.UNKNOWN, details: said(error) }),
      );
    };
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(
    Object.fromEntries(methods.map((method) => [method, definitionOf(method)])),
    Object.fromEntries(methods.map((method) => [method, handle(method)])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    lie: (method, how) => {
      if (how) lies.set(method, how);
      else lies.delete(method);
    },
    close: () => {
      server.forceShutdown();
      real.close();
    },
  };
}

const definitionOf = (method: string): MethodDefinition<Buffer, Buffer> => ({
  path: `/immudb.schema.ImmuService/${method}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const same = (bytes: Buffer): Buffer => bytes;
