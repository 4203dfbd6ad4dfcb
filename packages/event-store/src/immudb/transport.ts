import { createRequire } from "node:module";
import { connectivityState, Metadata, status, type ChannelCredentials, type Client, type ClientOptions } from "@grpc/grpc-js";
import { isServiceError, NotAnsweredError } from "./error-map.ts";

type ServiceClient = new (address: string, credentials: ChannelCredentials, options: ClientOptions) => Client;

// Only the generated stub of the package: its main entry ends the process when a login fails. The stub predates half of the calls and fields
// that we need, but it is a plain gRPC client, and any call can be made on it with a codec of our own.
const { ImmuServiceClient } = createRequire(import.meta.url)("immudb-node/src/proto/schema_grpc_pb.js") as {
  readonly ImmuServiceClient: ServiceClient;
};

export type CallOptions = { readonly timeoutMs: number; readonly session?: string | undefined };

/** One connection to a server. It is used until it is lost, and then there is another one. */
export type Transport = {
  /** Rejects with the error of the transport, see `failureOf`. */
  call(method: string, request: Buffer, options: CallOptions): Promise<Buffer>;
  /** Calls `lost` once, when the connection has ended or the server says nothing any more, even to a question that it answers from memory. */
  watch(lost: (why: string) => void): void;
  /** Takes no further calls; those under way go on. */
  close(): void;
};

/** Answered from memory, without a session: whether somebody is there. */
export const probeMethod = "Health";
export const probeTimeoutMs = 1_000;

const tickMs = 100;
/** Silence, in ticks, after which the server is asked whether it is there, and after which it is not. */
const askAfter = 5;
const lostAfter = 15;

export function openTransport(address: string, security: ChannelCredentials, options: ClientOptions = {}): Transport {
  const client = new ImmuServiceClient(address, security, {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    // A connection of its own: one that is taken for lost must not come back by way of a pool.
    "grpc.use_local_subchannel_pool": 1,
    ...options,
  });
  const underWay = new Map<object, (why: string) => void>();
  let answers = 0;
  let watching: NodeJS.Timeout | undefined;
  let onLost: ((why: string) => void) | undefined;

  const call: Transport["call"] = (method, request, { timeoutMs, session }) =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata();
      if (session !== undefined) metadata.set("sessionid", session);
      const made = client.makeUnaryRequest(
        `/immudb.schema.ImmuService/${method}`,
        same,
        same,
        request,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error, answer) => {
          underWay.delete(made);
          if (!error || !isServiceError(error) || !madeHere.has(error.code)) answers += 1;
          if (error) reject(error);
          else resolve(answer ?? Buffer.alloc(0));
        },
      );
      underWay.set(made, (why) => {
        reject(new NotAnsweredError(address, why));
        made.cancel();
      });
      if (onLost) listen();
    });

  const lose = (why: string): void => {
    const lost = onLost;
    onLost = undefined;
    clearInterval(watching);
    lost?.(why);
  };

  // Pings of HTTP/2 would notice a dead line too, but the server ends connections that ping more often than every five minutes. So the
  // watch is ours, and on only while answers are due. It counts ticks, not time: where this process itself was busy, they come late too,
  // and what has arrived meanwhile is read between two of them.
  const listen = (): void => {
    if (watching) return;
    let [heard, silent] = [answers, 0];
    watching = setInterval(() => {
      silent = answers === heard ? silent + 1 : 0;
      heard = answers;
      if (underWay.size === 0) {
        clearInterval(watching);
        watching = undefined;
      } else if (silent === askAfter) {
        // How it ends is counted where every answer is.
        call(probeMethod, nothing, { timeoutMs: lostAfter * tickMs * 10 }).catch(() => undefined);
      } else if (silent === lostAfter) {
        const why = "it has stopped answering";
        lose(why);
        for (const giveUp of underWay.values()) giveUp(why);
      }
    }, tickMs);
    watching.unref();
  };

  const followState = (): void => {
    const state = client.getChannel().getConnectivityState(false);
    if (state !== connectivityState.READY) {
      lose("the connection has ended");
      return;
    }
    client.getChannel().watchConnectivityState(state, Infinity, () => {
      if (onLost) followState();
    });
  };

  return {
    call,
    watch: (lost) => {
      onLost = lost;
      followState();
    },
    close: () => {
      onLost = undefined;
      client.close();
    },
  };
}

/** Errors that say nothing of the server, because they come from this side. */
const madeHere: ReadonlySet<number> = new Set([status.DEADLINE_EXCEEDED, status.CANCELLED, status.UNAVAILABLE]);
const nothing = Buffer.alloc(0);
const same = (bytes: Buffer): Buffer => bytes;
