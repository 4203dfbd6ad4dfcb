import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { openConnection } from "@aethyr/nats";
import { createInbox, type NatsConnection } from "@nats-io/transport-node";
import { BusClosedError, type BusError, BusUnavailableError, UnsupportedServerError } from "../errors.ts";
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
  /** Calls back after each time that the connection was lost and found again, until the function that it gives back is called. */
  onReconnect(handler: () => void): () => void;
  /** How often each kind of status was reported. */
  readonly statusCounts: ReadonlyMap<string, number>;
  /** A new inbox of this connection's role. */
  readonly inbox: () => string;
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

/**
 * The oldest nats-server that keeps its word on three servers. Older ones take the id of a command that they refuse, as its aggregate or the lane is
 * full, for one that they keep: sent again it is acknowledged as a repeat (2.10) or refused for two minutes (2.11 to 2.12.7), and is nowhere.
 */
const leastServer = "2.12.8";

/** Rejects with `unavailable` or `unsupported_server`. */
export async function openLink(options: NatsOptions): Promise<Link> {
  const statusCounts = new Map<string, number>();
  const report = (status: NatsStatus): void => {
    statusCounts.set(status.type, (statusCounts.get(status.type) ?? 0) + 1);
    options.onStatus?.(status);
  };
  const name = options.name ?? `aethyr ${options.world}`;
  const { nats, isConnected, onReconnect, close } = await openConnection({ ...options, name }, report).catch((cause: unknown) => {
    // Nothing was sent, so unlike that of a call a timeout is no doubt.
    throw new BusUnavailableError(`NATS could not be connected to: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const version = nats.info?.version ?? "without a version";
  if (isOlder(version, leastServer)) {
    await close();
    throw new UnsupportedServerError(version, leastServer);
  }
  let foreignReported = false;

  let open = true;
  const isOpen = (): boolean => open && !nats.isClosed();
  const assertOpen = (): void => {
    if (!open) throw new BusClosedError();
  };
  /** Whom to tell of the end. A promise that lives as long as the connection would keep what is raced with it, for as long. */
  const waiting = new Set<(reason: BusClosedError) => void>();
  const untilClosed = <T>(work: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });

  return {
    nats,
    stream: jetstream(nats, { timeout: callTimeoutMs }),
    manager: await jetstreamManager(nats, { timeout: callTimeoutMs, checkAPI: false }),
    maxBytes: options.maxMessageBytes ?? (nats.info?.max_payload ?? 1024 * 1024) - headerRoom,
    isOpen,
    isConnected: () => open && isConnected(),
    onReconnect,
    statusCounts,
    inbox: () => createInbox(options.inboxPrefix),
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
      if (isConnected()) await nats.flush().catch(() => undefined);
      for (const reject of waiting) reject(new BusClosedError());
      await close();
    },
  };
}

/** Compares `2.12.8` and the like by their numbers; what has none is old. */
export function isOlder(version: string, least: string): boolean {
  const [these, those] = [version, least].map((text) => (/^\d+\.\d+\.\d+/.exec(text)?.[0] ?? "0").split(".").map(Number));
  for (const [index, number] of (those ?? []).entries()) {
    const other = these?.[index] ?? 0;
    if (other !== number) return other < number;
  }
  return false;
}

const closedOr = (error: unknown): BusError => (error instanceof BusClosedError ? error : new BusClosedError());
