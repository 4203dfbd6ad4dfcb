import { randomUUID } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Broadcast, Presence, Signal } from "../game/broadcast/broadcast.ts";
import { createLatest, isLater, note } from "../game/broadcast/presences.ts";
import type { GatewayLog } from "../log.ts";
import { createNeighbours } from "./neighbours.ts";
import { decodeWord, encodeWord, type Word } from "./words.ts";

export type NatsBroadcastOptions = {
  /** Stays its owner's. */
  readonly nats: NatsConnection;
  readonly world: string;
  readonly log: GatewayLog;
  /** Between two signs of life; default 2 s. */
  readonly aliveMs?: number;
  /** A node that is silent for so long is gone, and its characters with it; default 7 s. */
  readonly silenceMs?: number;
};

export type NatsBroadcast = Broadcast & { close(): Promise<void> };

/** Presences in one message: far below what a server takes. */
const presencesAtOnce = 500;

/**
 * What is said and who is there, over core NATS. Nothing is kept: a node that comes asks the others who is there, and one that falls silent takes
 * its characters along. What a node says of itself replaces what was believed of it.
 */
export async function createNatsBroadcast(options: NatsBroadcastOptions): Promise<NatsBroadcast> {
  const { nats, world, log, aliveMs = 2_000, silenceMs = 7_000 } = options;
  const subject = `say.${world}`;
  const self = randomUUID();
  const online = new Map<string, Presence>();
  const own = new Map<string, Presence>();
  const neighbours = createNeighbours();
  const handlers = new Set<(signal: Signal) => void>();
  const { hear: hearSince, latest } = createLatest();
  /** Signals given. */
  let nth = 0;
  let foreignTold = false;
  let silentTold = false;

  /** What cannot be said is lost, as is what nobody hears: the next sign of life that others get tells them to ask. */
  function say(word: Word): void {
    try {
      nats.publish(subject, encodeWord(word));
      silentTold = false;
    } catch (error) {
      if (!silentTold) log.warn({ err: error, subject }, "other gateways cannot be told anything: they hear nothing of this one's players");
      silentTold = true;
    }
  }

  function give(signal: Signal): void {
    nth += 1;
    say({ word: "signal", node: self, nth, signal });
  }

  function apply(signal: Signal): void {
    hearSince(signal);
    note(online, signal);
    for (const handler of handlers) handler(signal);
  }

  function sayWhoIsHere(): void {
    const all = [...own.values()];
    for (let at = 0; at === 0 || at < all.length; at += presencesAtOnce)
      say({ word: "here", node: self, nth, at, of: all.length, who: all.slice(at, at + presencesAtOnce) });
  }

  function hear(word: Word): void {
    if (word.node === self) return;
    if (word.word === "who") {
      if (word.asked === undefined || word.asked === self) sayWhoIsHere();
      return;
    }
    const { signals, ask } = neighbours.hear(word, performance.now());
    for (const signal of signals) {
      yieldTo(signal);
      apply(signal);
    }
    if (ask) say({ word: "who", node: self, asked: word.node });
  }

  /** A character that is played at another node now is no longer this node's. */
  function yieldTo(signal: Signal): void {
    if (signal.kind === "said" || signal.kind === "told" || signal.kind === "left") return;
    const mine = own.get(signal.who.player);
    if (mine === undefined || mine.session === signal.who.session || isLater(mine, signal.who)) return;
    own.delete(mine.player);
    // Whoever heard of the later session first, and of this one after that, believes it to be there still.
    give({ kind: "left", who: mine, place: null });
  }

  const heard = nats.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return log.warn({ err: error, subject }, "what other gateways say is not heard");
      const word = decodeWord(message.string());
      if (word !== undefined) return hear(word);
      if (!foreignTold) log.warn({ subject }, "what is no word of a gateway was heard, and is passed over from now on");
      foreignTold = true;
    },
  });
  let beatAt = performance.now();
  const beating = setInterval(() => {
    say({ word: "alive", node: self, nth });
    const now = performance.now();
    // Who did not get to listen for so long does not know who was silent.
    const listened = now - beatAt < silenceMs / 2;
    beatAt = now;
    if (!listened) return;
    for (const { node, signals } of neighbours.forget(now - silenceMs)) {
      if (signals.length > 0) log.warn({ node, characters: signals.length }, "another gateway is gone, and its characters with it");
      for (const signal of signals) apply(signal);
    }
  }, aliveMs);
  beating.unref();
  say({ word: "who", node: self });
  await nats.flush();

  return {
    async send(signal) {
      note(own, signal);
      apply(signal);
      give(signal);
    },
    listen(handler) {
      handlers.add(handler);
      return { close: () => void handlers.delete(handler) };
    },
    online: () => online,
    latest,
    async close() {
      clearInterval(beating);
      if (nats.isClosed()) return;
      say({ word: "bye", node: self });
      await heard.drain();
    },
  };
}
