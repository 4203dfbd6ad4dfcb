import { ref, type Ref } from "@aethyr/kernel";
import { encodeCommand } from "@aethyr/protocol";
import { percentile } from "../harness/stats.ts";
import { envelopeOf, type Client } from "./client.ts";

/** Bytes of a command as it travels. */
export const commandBytes = 256;

export const thing = (number: number): Ref => ref("game-object", `thing-${String(number).padStart(6, "0")}`);

const creationsInFlight = 64;

/** Makes the things that the commands are for. */
export async function createThings(client: Client, count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: creationsInFlight }, async () => {
      while (next < count) await client.send("CreateGameObject", thing(next++), { name: "thing" });
    }),
  );
}

// A small generator with a fixed seed: every run chooses the same things in the same order.
export function createChoice(seed = 1): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Commands that each set an attribute to a value that it never had, so that each commits one event. */
export type Notes = { readonly sendTo: (target: Ref) => Promise<void> };

export function createNotes(client: Client): Notes {
  const next = notesOf();
  return { sendTo: (target) => client.send("UpdateGameObjectAttribute", target, next()) };
}

/** What such commands say, one after the other. */
export function notesOf(): () => { readonly key: string; readonly value: string } {
  const padding = "x".repeat(paddingLength());
  let next = 0;
  return () => {
    next += 1;
    return { key: "note", value: noteOf(next, padding) };
  };
}

const noteOf = (number: number, padding: string): string => `${String(number).padStart(10, "0")}${padding}`;

/** So many more characters give a command of exactly `commandBytes`. */
function paddingLength(): number {
  for (let length = 0; length < commandBytes; length += 1) {
    const envelope = envelopeOf("UpdateGameObjectAttribute", thing(0), { key: "note", value: noteOf(0, "x".repeat(length)) });
    if (encodeCommand(envelope, "application/msgpack").bytes.length === commandBytes) return length;
  }
  throw new Error(`no command of ${commandBytes} bytes can be made: an empty one is larger already`);
}

export type LoadParts = {
  readonly inFlight: number;
  readonly seconds: number;
  /** Told which of the senders it is for, from 0. */
  readonly send: (sender: number) => Promise<void>;
};

export type LoadResult = {
  readonly commands: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of each command, in no order. */
  readonly latenciesMs: readonly number[];
};

/** Keeps so many under way for so long: each sender waits for its reply before it sends the next. */
export async function runLoad({ inFlight, seconds, send }: LoadParts): Promise<LoadResult> {
  const latencies: number[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1000;
  async function sendFrom(sender: number): Promise<void> {
    for (let sentMs = performance.now(); sentMs < untilMs;) {
      await send(sender);
      const nowMs = performance.now();
      latencies.push(nowMs - sentMs);
      sentMs = nowMs;
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, sender) => sendFrom(sender)));
  return {
    latenciesMs: latencies,
    commands: latencies.length,
    seconds: (performance.now() - startedMs) / 1000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
