import type { BareImmudb } from "../immudb/bare-client.ts";
import { readFields } from "../immudb/wire.ts";
import type { RecordedCall } from "./recorded-calls.ts";

/** A `Set` of the store: its bytes, and what is in them as far as the order of such requests is concerned. */
export type RecordedSet = {
  readonly request: Buffer;
  readonly commands: number;
  readonly events: number;
  /** The newest `Set` before it, by its place, that writes what this one demands to be there; -1 for none. */
  readonly after: number;
};

const commandPrefix = "c/";
const eventPrefix = "e/";

/** The requests that wrote to a log, in the order in which they were sent. Those that write snapshots or anything else are left out. */
export function logSets(calls: readonly RecordedCall[]): readonly RecordedSet[] {
  const madeBy = new Map<string, number>();
  const sets: RecordedSet[] = [];
  for (const { method, request } of calls) {
    if (method !== "Set") continue;
    const { written, demanded } = keysOf(request);
    const events = written.filter((key) => key.startsWith(eventPrefix)).length;
    if (events === 0) continue;
    const after = Math.max(-1, ...demanded.map((key) => madeBy.get(key) ?? -1));
    for (const key of written) madeBy.set(key, sets.length);
    sets.push({ request, events, after, commands: written.filter((key) => key.startsWith(commandPrefix)).length });
  }
  return sets;
}

/** What a `SetRequest` writes (field 1: entries with their key in 1), and what must exist for it (field 3: preconditions, kind 1). */
function keysOf(request: Uint8Array): { readonly written: readonly string[]; readonly demanded: readonly string[] } {
  const written: string[] = [];
  const demanded: string[] = [];
  for (const { field, bytes } of readFields(request)) {
    if (field === 1) written.push(firstBytes(bytes));
    if (field !== 3) continue;
    for (const kind of readFields(bytes)) if (kind.field === 1) demanded.push(firstBytes(kind.bytes));
  }
  return { written, demanded };
}

function firstBytes(message: Uint8Array): string {
  for (const { field, bytes } of readFields(message)) if (field === 1) return Buffer.from(bytes).toString();
  return "";
}

export const bareSetsDo =
  "a bare client (immudb-node's stub, requests encoded beforehand) makes the very `Set`s of the round, byte for byte, in another database of the same server, in turns with the round";

/** As the store does. */
const setsInFlight = 2;

export type BareSetsParts = {
  readonly client: BareImmudb;
  readonly sets: readonly RecordedSet[];
  /** Commands that may wait for their reply at once, as in the round; two `Set`s at most, whatever this says. */
  readonly inFlight: number;
};

/** Seconds in all, and the milliseconds of each `Set`. Rejects if the server refuses one: it is the same as in the round, so it must not. */
export async function runBareSets({ client, sets, inFlight }: BareSetsParts): Promise<{ seconds: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  const done: Promise<void>[] = [];
  const open = new Set<Promise<void>>();
  let waiting = 0;
  const startedMs = performance.now();
  for (const { request, commands, after } of sets) {
    while (open.size > 0 && (open.size >= setsInFlight || waiting + commands > inFlight)) await Promise.race(open);
    if (after >= 0) await done[after];
    waiting += commands;
    const sentMs = performance.now();
    const answered = client.call("Set", request).then(() => {
      latenciesMs.push(performance.now() - sentMs);
      waiting -= commands;
      open.delete(answered);
    });
    open.add(answered);
    done.push(answered);
  }
  await Promise.all(open);
  return { seconds: (performance.now() - startedMs) / 1000, latenciesMs };
}
