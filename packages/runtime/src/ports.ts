import { randomBytes, randomUUIDv7 } from "node:crypto";

/** Everything that a host takes from outside the commands themselves; tests give their own. */
export type Ports = {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** Milliseconds from any beginning, never going back: for durations. */
  readonly monotonic: () => number;
  /** Milliseconds in all that this process has had nothing to do and waited for something to happen. */
  readonly idleMs: () => number;
  /** A new id, never given before; in order of time where possible (UUIDv7). */
  readonly newId: () => string;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
};

export const systemPorts: Ports = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  idleMs: () => performance.eventLoopUtilization().idle,
  newId: () => randomUUIDv7(),
  random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** What a host says, one structured line per event; pino fits. Secrets never get here. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export const silentLog: Log = { info() {}, warn() {}, error() {} };
