import { randomUUID } from "node:crypto";
import { asJson, type Json, NotJsonError } from "@aethyr/kernel";
import type { Connection, ConnectionEnd, GmcpMessage } from "../connection.ts";
import { createBucket } from "./bucket.ts";
import type { ConnectionLimits } from "./limits.ts";
import { createLineQueue } from "./line-queue.ts";
import type { GatewayLog } from "../log.ts";
import type { ListenerStats } from "./stats.ts";
import type { WireHandlers, Wire } from "./wire.ts";
import { words } from "./words.ts";
import { createLiveness } from "./liveness.ts";

/** A connection as its listener holds it. */
export type HeldConnection = {
  readonly connection: Connection;
  /** Asks after the other side, and ends the connection where it is not there any more. Called now and then. */
  check(): void;
};

export type ConnectionOptions = {
  readonly protocol: Connection["protocol"];
  readonly remote: string;
  readonly limits: ConnectionLimits;
  readonly log: GatewayLog;
  readonly stats: ListenerStats;
  /** Called once, at once. */
  readonly openWire: (handlers: WireHandlers) => Wire;
  /** Nothing is left of it. */
  readonly onGone: () => void;
};

export function createConnection({ protocol, remote, limits, log, stats, openWire, onGone }: ConnectionOptions): HeldConnection {
  const id = randomUUID();
  const now = (): number => performance.now();
  const bytes = createBucket(limits.burstBytes, limits.bytesPerSecond, now);
  const messages = createBucket(limits.burstMessages, limits.messagesPerSecond, now);
  let onGmcp: ((message: GmcpMessage) => void) | undefined;
  let end: ConnectionEnd | undefined;
  let resuming: NodeJS.Timeout | undefined;
  let closing: NodeJS.Timeout | undefined;

  /** From here on nothing is heard. */
  const finish = (why: ConnectionEnd): void => {
    if (end !== undefined) return;
    end = why;
    stats.ended[why] += 1;
    lines.close(why);
    clearTimeout(resuming);
    log.info({ connection: id, protocol, remote, why }, "connection ended");
  };
  /** A fault in the game is this connection's end, and nobody else's. */
  const guarded = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      log.error({ connection: id, err: error }, "the game failed on what a connection said");
      endWith("closed", words.fault);
    }
  };
  const endWith = (why: ConnectionEnd, text: string | undefined): void => {
    if (end !== undefined) return;
    if (text !== undefined) wire.text(text);
    finish(why);
    wire.end();
    // Reading on is the only way to see the other side's end.
    wire.resume();
    closing = setTimeout(wire.drop, limits.closeMs);
  };
  const endAtOnce = (why: ConnectionEnd): void => {
    finish(why);
    wire.drop();
  };
  const say = (act: () => void): void => {
    if (end !== undefined) return;
    act();
    if (wire.backlog() > limits.backlogBytes) endAtOnce("too_slow");
  };

  const lines = createLineQueue({
    limits,
    now,
    onDropped(isFirst) {
      stats.droppedLines += 1;
      if (isFirst) say(() => wire.text(words.tooFast));
    },
    onFlood: () => endWith("flooded", words.flooded),
  });

  const wire = openWire({
    bytes(count) {
      stats.bytesIn += count;
      liveness.heard();
      const waitMs = bytes.spend(count);
      // Answers of the protocol itself are output too.
      if (end === undefined && wire.backlog() > limits.backlogBytes) return endAtOnce("too_slow");
      if (waitMs === 0 || end !== undefined || resuming !== undefined) return;
      wire.pause();
      resuming = setTimeout(() => {
        resuming = undefined;
        wire.resume();
      }, waitMs);
    },
    line(line) {
      if (end === undefined) lines.add(line);
    },
    tooLongLine() {
      stats.droppedLines += 1;
      say(() => wire.text(words.tooLong(limits.lineLength)));
    },
    message(name, data) {
      const handler = onGmcp;
      if (end !== undefined || handler === undefined) return;
      const json = messages.take() ? jsonOf(data) : undefined;
      if (json === undefined) stats.droppedMessages += 1;
      else guarded(() => handler({ package: name, data: json.value }));
    },
    ended: finish,
    gone() {
      finish("lost");
      clearTimeout(closing);
      onGone();
    },
  });
  const liveness = createLiveness({ wire, limits, now });

  const connection: Connection = {
    id,
    protocol,
    remote,
    screen: wire.screen,
    nextLine: lines.next,
    onGmcp: (handler) => void (onGmcp = handler),
    write: (text) => say(() => wire.text(text)),
    prompt: (text) => say(() => wire.prompt(text)),
    hideTyping: (hidden) => say(() => wire.hideTyping(hidden)),
    gmcp: (message) => say(() => wire.gmcp(message.package, message.data)),
    close: (text) => endWith("closed", text),
  };
  return {
    connection,
    check() {
      const why = end === undefined ? liveness.check() : undefined;
      if (why !== undefined) endAtOnce(why);
    },
  };
}

function jsonOf(data: unknown): { readonly value: Json | undefined } | undefined {
  try {
    return { value: data === undefined ? undefined : asJson(data) };
  } catch (error) {
    if (error instanceof NotJsonError) return undefined;
    throw error;
  }
}
