import type { Connection } from "../connection.ts";
import { createAdmission, type Admission } from "./admission.ts";
import { createConnection, type HeldConnection } from "./create-connection.ts";
import { defaultConnectionLimits, type ConnectionLimits } from "./limits.ts";
import type { GatewayLog } from "../log.ts";
import { createStats, type ListenerStats } from "./stats.ts";
import type { WireHandlers, Wire } from "./wire.ts";
import { words } from "./words.ts";

/** What every listener takes. */
export type ListenerOptions = {
  /** The address to listen at, such as `127.0.0.1`; `0.0.0.0` is all of the machine's. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Called once for each connection; the game calls `start` on it. */
  readonly onConnection: (connection: Connection) => void;
  readonly limits?: Partial<ConnectionLimits>;
  /** One for several listeners makes their connections count together. */
  readonly admission?: Admission;
  readonly log: GatewayLog;
};

export type Listener = {
  readonly host: string;
  readonly port: number;
  stats(): Readonly<ListenerStats>;
  /**
   * Takes no more connections, writes a last text to all there are, and ends them. Resolves when nothing is left of them, after little more than
   * `closeMs` at the latest.
   */
  close(text?: string): Promise<void>;
};

/** The connections of one listener, whatever it speaks. */
export type ConnectionPool = {
  readonly limits: ConnectionLimits;
  readonly stats: ListenerStats;
  /** Lets a connection in, or gives the text that it is turned away with. */
  receive(remote: string, openWire: (handlers: WireHandlers) => Wire): string | undefined;
  /** Counts one that is turned away for another reason. */
  refuse(remote: string, reason: string): void;
  /** Ends all connections; resolves when nothing is left of them. */
  close(text: string | undefined): Promise<void>;
};

export function createConnectionPool(protocol: Connection["protocol"], options: ListenerOptions): ConnectionPool {
  const limits = { ...defaultConnectionLimits, ...options.limits };
  const admission = options.admission ?? createAdmission(limits);
  const { log } = options;
  const stats = createStats();
  const held = new Set<HeldConnection>();
  let whenEmpty: (() => void) | undefined;
  // One who knocks all the time fills no log.
  let wasRefused = false;

  const refuse = (remote: string, reason: string): void => {
    stats.refused += 1;
    if (!wasRefused)
      log.warn({ protocol, remote, reason }, "connection refused; more of them are counted, not logged, until one is accepted");
    wasRefused = true;
  };
  const checkAll = (): void => held.forEach((one) => one.check());
  const everyMs = Math.max(10, Math.min(limits.idleMs, limits.answerMs, limits.stallMs) / 4);
  const timer = setInterval(checkAll, everyMs);

  return {
    limits,
    stats,
    refuse,
    receive(remote, openWire) {
      const reason = admission.enter(remote);
      if (reason !== undefined) {
        refuse(remote, reason);
        return reason;
      }
      wasRefused = false;
      stats.open += 1;
      stats.accepted += 1;
      const one = createConnection({
        protocol,
        remote,
        limits,
        log,
        stats,
        openWire,
        onGone() {
          held.delete(one);
          stats.open -= 1;
          admission.leave(remote);
          if (held.size === 0) whenEmpty?.();
        },
      });
      held.add(one);
      log.info({ connection: one.connection.id, protocol, remote }, "connection accepted");
      try {
        options.onConnection(one.connection);
      } catch (error) {
        log.error({ connection: one.connection.id, err: error }, "the game failed on a new connection");
        one.connection.close(words.fault);
      }
      return undefined;
    },
    async close(text) {
      clearInterval(timer);
      for (const one of held) one.connection.close(text);
      if (held.size === 0) return;
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
    },
  };
}
