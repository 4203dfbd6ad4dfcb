import { setTimeout as pause } from "node:timers/promises";
import { NotConnectedError, said } from "./error-map.ts";
import { credentialsOf, tlsOptions, type Tls } from "./tls.ts";
import { openTransport, probeMethod, probeTimeoutMs, type CallOptions, type Transport } from "./transport.ts";

/**
 * Makes calls to one server, and is the circuit breaker: while the server is away, calls are refused at once instead of each waiting out its
 * time, and only a probe goes on trying. Rejects with the error of the transport, see `failureOf`.
 */
export type Channel = {
  call(method: string, request: Buffer, options: CallOptions): Promise<Buffer>;
  /** Why calls are refused now; undefined while they are not. */
  away(): NotConnectedError | undefined;
  /** Resolves when there is a connection, or when the time is up: a moment to try again. */
  connected(withinMs: number): Promise<void>;
  close(): void;
};

export type ConnectionState = "connected" | "away";

export type ChannelOptions = {
  readonly tls?: Tls | undefined;
  /** Told of every change; `why` for `away`. */
  readonly onConnection?: ((state: ConnectionState, why?: string) => void) | undefined;
};

/** How long callers wait for the first connection, and for another one in place of one that is lost. After that the server is away. */
const firstGraceMs = 3_000;
const graceMs = 700;
/** Between two probes; each of them takes `probeTimeoutMs` at most. */
const probePauseMs = 200;

type Waiter = { readonly go: (transport: Transport) => void; readonly refuse: (error: Error) => void };

export function openChannel(address: string, { tls, onConnection }: ChannelOptions = {}): Channel {
  const security = credentialsOf(tls);
  const open = (): Transport => openTransport(address, security, tlsOptions(tls));
  const closing = new AbortController();
  const waiting = new Set<Waiter>();
  const watchers = new Set<() => void>();
  let current: Transport | undefined;
  let away: NotConnectedError | undefined;
  let told: ConnectionState | undefined;

  const tell = (state: ConnectionState, why?: string): void => {
    if (state === told) return;
    told = state;
    onConnection?.(state, why);
  };
  const refuse = (error: NotConnectedError): void => {
    for (const waiter of waiting) waiter.refuse(error);
    waiting.clear();
  };

  async function seek(grace: number, lost?: string): Promise<void> {
    let why = lost ?? "nobody has answered yet";
    const giveUp = setTimeout(() => {
      if (closing.signal.aborted) return;
      away = new NotConnectedError(address, why);
      refuse(away);
      tell("away", why);
    }, grace);
    try {
      while (!closing.signal.aborted) {
        const candidate = open();
        const failure = await candidate.call(probeMethod, Buffer.alloc(0), { timeoutMs: probeTimeoutMs }).then(() => undefined, said);
        if (closing.signal.aborted || failure !== undefined) candidate.close();
        if (closing.signal.aborted) return;
        if (failure === undefined) {
          use(candidate);
          return;
        }
        why = failure;
        if (away) away = new NotConnectedError(address, why);
        await pause(probePauseMs);
      }
    } finally {
      clearTimeout(giveUp);
    }
  }

  function use(transport: Transport): void {
    current = transport;
    away = undefined;
    transport.watch((why) => {
      if (closing.signal.aborted) return;
      transport.close();
      current = undefined;
      void seek(graceMs, why);
    });
    if (current !== transport) return;
    for (const { go } of waiting) go(transport);
    waiting.clear();
    for (const watcher of watchers) watcher();
    tell("connected");
  }

  void seek(firstGraceMs);

  return {
    call: async (method, request, { timeoutMs, session }) => {
      const since = performance.now();
      const transport =
        current ??
        (await new Promise<Transport>((go, fail) => {
          const refusal = closing.signal.aborted ? new NotConnectedError(address, "it was closed") : away;
          if (refusal) fail(refusal);
          else waiting.add({ go, refuse: fail });
        }));
      // The wait is shorter than any call is given.
      return transport.call(method, request, { timeoutMs: timeoutMs - (performance.now() - since), session });
    },
    away: () => away,
    connected: (withinMs) =>
      new Promise((resolve) => {
        if (current) {
          resolve();
          return;
        }
        const done = (): void => {
          clearTimeout(timer);
          watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.max(withinMs, 1));
        watchers.add(done);
      }),
    close: () => {
      closing.abort();
      refuse(new NotConnectedError(address, "it was closed"));
      for (const watcher of watchers) watcher();
      current?.close();
      current = undefined;
    },
  };
}
