import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection, type Status } from "@nats-io/transport-node";
import { BusClosedError, type BusError } from "../errors.ts";
import { toBusError } from "./nats-errors.ts";
import type { NatsOptions, NatsStatus } from "./options.ts";

export const callTimeoutMs = 5_000;

/** What all parts of the adapter share. */
export type Link = {
  readonly nats: NatsConnection;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly maxBytes: number;
  readonly isOpen: () => boolean;
  /** Open, and the server is there at the moment. */
  readonly isConnected: () => boolean;
  /** Throws `closed`. */
  readonly assertOpen: () => void;
  /** Rejects with `closed` as soon as the bus is closed. */
  untilClosed<T>(work: Promise<T>): Promise<T>;
  /** Makes a call, with its failure as a `BusError`. */
  call<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** Tells whoever hears of the connection's status. */
  readonly report: (status: NatsStatus) => void;
  /** The first foreign message of the feed is told, by its subject and sequence; a flood of them must not become one of reports. */
  readonly reportForeign: (subject: string, seq: number) => void;
  close(): Promise<void>;
};

/** Room for headers and subject in what the server takes as one message. */
export const headerRoom = 8 * 1024;

export async function openLink(options: NatsOptions): Promise<Link> {
  const nats = await connect({
    servers: typeof options.servers === "string" ? options.servers : [...options.servers],
    name: options.name ?? `aethyr ${options.world}`,
    // Stack traces of pending calls cost half of the throughput.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    ...(options.username === undefined ? {} : { user: options.username, pass: options.password ?? "" }),
  }).catch((error: unknown) => {
    throw toBusError(error, "connect", callTimeoutMs);
  });
  const report = (status: NatsStatus): void => options.onStatus?.(status);
  let connected = true;
  void (async () => {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") connected = false;
      if (status.type === "reconnect") connected = true;
      report({ type: status.type, ...detailOf(status) });
    }
  })();

  let foreignReported = false;

  const closed = Promise.withResolvers<never>();
  // Rejects at every close; who waits then is told through `untilClosed`.
  closed.promise.catch(() => undefined);
  let open = true;
  const isOpen = (): boolean => open && !nats.isClosed();
  const assertOpen = (): void => {
    if (!open) throw new BusClosedError();
  };
  const untilClosed = <T>(work: Promise<T>): Promise<T> => Promise.race([work, closed.promise]);

  return {
    nats,
    stream: jetstream(nats, { timeout: callTimeoutMs }),
    manager: await jetstreamManager(nats, { timeout: callTimeoutMs, checkAPI: false }),
    maxBytes: options.maxMessageBytes ?? (nats.info?.max_payload ?? 1024 * 1024) - headerRoom,
    isOpen,
    isConnected: () => connected && isOpen(),
    assertOpen,
    untilClosed,
    report,
    reportForeign: (subject, seq) => {
      if (foreignReported) return;
      foreignReported = true;
      report({
        type: "foreign_message",
        detail: `${subject}, sequence ${seq}, is no event: it was passed over, as others like it will be`,
      });
    },
    call: async (doing, work) => {
      assertOpen();
      try {
        return await untilClosed(work());
      } catch (error) {
        throw open ? toBusError(error, doing, callTimeoutMs) : closedOr(error);
      }
    },
    close: async () => {
      open = false;
      // Acknowledgements and replies are on their way; without a connection there is nothing to wait for.
      if (connected && !nats.isClosed()) await nats.flush().catch(() => undefined);
      closed.reject(new BusClosedError());
      await nats.close();
    },
  };
}

const closedOr = (error: unknown): BusError => (error instanceof BusClosedError ? error : new BusClosedError());

function detailOf(status: Status): { readonly detail?: string } {
  if ("server" in status && typeof status.server === "string") return { detail: status.server };
  if ("error" in status && status.error instanceof Error) return { detail: status.error.message };
  return {};
}
