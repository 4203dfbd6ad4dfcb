import { Client, type Metadata } from "@grpc/grpc-js";

/** A call that the store made, in its exact bytes. */
export type RecordedCall = { readonly method: string; readonly request: Buffer; readonly metadata: Metadata; readonly client: Client };

type Unary = (this: Client, ...args: readonly unknown[]) => unknown;

/**
 * Runs something and gives every call that any gRPC client of this process made meanwhile. The calls themselves are passed on as they are;
 * it is the one way to have a floor do what the store did, and not what somebody takes it to do.
 */
export async function recordingCalls<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: readonly RecordedCall[] }> {
  const calls: RecordedCall[] = [];
  const { makeUnaryRequest } = Client.prototype;
  const recording: Unary = function (path, serialize, deserialize, request, metadata, ...rest) {
    calls.push({
      method: String(path).split("/").at(-1) ?? "",
      request: request as Buffer,
      metadata: metadata as Metadata,
      client: this,
    });
    return Reflect.apply(makeUnaryRequest as Unary, this, [path, serialize, deserialize, request, metadata, ...rest]);
  };
  Client.prototype.makeUnaryRequest = recording as typeof makeUnaryRequest;
  try {
    return { result: await work(), calls };
  } finally {
    Client.prototype.makeUnaryRequest = makeUnaryRequest;
  }
}
