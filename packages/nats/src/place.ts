import { nkeyAuthenticator, type NodeConnectionOptions } from "@nats-io/transport-node";

/** Where NATS is and who connects. */
export type NatsPlace = {
  /** Addresses such as `nats://127.0.0.1:4222`; one of a cluster is enough. */
  readonly servers: string | readonly string[];
  /** Name of this connection, as the server's monitoring shows it. */
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  /** Seed of an nkey (`SU…`), instead of a password. */
  readonly nkeySeed?: string;
  /** Files in PEM form: who signs the server, and who we are where it wants to know. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Where replies to this connection go, such as `_INBOX_game`: a server may keep those of one role from another. It begins with `_INBOX`. */
  readonly inboxPrefix?: string;
};

/**
 * How long a server may be silent, twice and what is left of a third time, before it is taken for gone and another one is tried: 10 to 15 s. With
 * the library's own two minutes a process would wait so long for one server of three that is frozen or cut off.
 */
const pingIntervalMs = 5_000;
/** For one address; there may be others. */
const connectTimeoutMs = 5_000;

/** The same for the client library; once it was there, a server that goes away, or lets nobody in, is tried again without end. Throws for a seed that is none. */
export function connectOptions(place: NatsPlace): NodeConnectionOptions {
  const { servers, name, inboxPrefix, nkeySeed, password = "", tls, username } = place;
  return {
    servers: typeof servers === "string" ? servers : [...servers],
    // Stack traces of pending calls cost half of the throughput.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    // A busy server ends connections whose greeting takes too long, and calls that an authentication: after the second in a row the library would
    // give up for good, and the process live on without its connection. Who has no right to connect is told so by the first attempt of all.
    ignoreAuthErrorAbort: true,
    timeout: connectTimeoutMs,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
    ...(name === undefined ? {} : { name }),
    ...(username === undefined ? {} : { user: username, pass: password }),
    ...(nkeySeed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)) }),
    ...(tls === undefined ? {} : { tls: { ...tls } }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  };
}
