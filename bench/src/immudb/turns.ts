import { logSets, runBareSets } from "../floors/bare-sets.ts";
import { recordingCalls } from "../floors/recorded-calls.ts";
import { startMeter } from "../harness/meter.ts";
import { shown } from "../harness/report.ts";
import { percentile } from "../harness/stats.ts";
import { runLoad } from "../system/load.ts";
import type { BareImmudb } from "./bare-client.ts";

/** What one side did in all turns of a round. */
export type Side = {
  readonly events: number;
  readonly sets: number;
  readonly seconds: number;
  /** Of this process, and of the server. */
  readonly cpuUs: number;
  readonly serverUs: number;
  readonly latenciesMs: readonly number[];
};

export type TurnsParts = {
  /** Makes one command and resolves with its reply. */
  readonly send: (sender: number) => Promise<void>;
  readonly floor: BareImmudb;
  readonly server: { readonly pid: number };
  readonly inFlight: number;
  /** Of the round alone; the floor takes about as long again. */
  readonly seconds: number;
};

/** The round and its floor take turns this often, so that both have the same neighbours, and logs of the same size. */
const turnSeconds = 0.5;

/** A round in turns with its floor: after each turn a bare client makes the `Set`s that the turn made. */
export async function runTurns({ send, floor, server, inFlight, seconds }: TurnsParts): Promise<{
  readonly round: Side;
  readonly floor: Side;
  /** See `Measured`. */
  readonly others: number;
}> {
  const ours = newSide();
  const bare = newSide();
  let others = 0;
  const turns = Math.max(1, Math.round(seconds / turnSeconds));
  for (let turn = 0; turn < turns; turn += 1) {
    const meter = startMeter(server);
    const { result: load, calls } = await recordingCalls(() => runLoad({ inFlight, seconds: seconds / turns, send }));
    const used = meter();
    others = Math.max(others, used.others);
    const sets = logSets(calls);
    const done = { events: sets.reduce((sum, set) => sum + set.events, 0), sets: sets.length };
    add(ours, { ...done, ...load, cpuUs: used.cpuUs, serverUs: used.serverUs });
    const floorMeter = startMeter(server);
    const again = await runBareSets({ client: floor, sets, inFlight });
    const { cpuUs, serverUs } = floorMeter();
    add(bare, { ...done, ...again, cpuUs, serverUs });
  }
  return { round: ours, floor: bare, others };
}

/** Does something to the log, and the same to the floor's: what is not measured, but must be there. */
export async function mirrored(floor: BareImmudb, work: () => Promise<void>): Promise<void> {
  const { calls } = await recordingCalls(work);
  await runBareSets({ client: floor, sets: logSets(calls), inFlight: 1 });
}

type Growing = { -readonly [K in keyof Omit<Side, "latenciesMs">]: number } & { readonly latenciesMs: number[] };

const newSide = (): Growing => ({ events: 0, sets: 0, seconds: 0, cpuUs: 0, serverUs: 0, latenciesMs: [] });

function add(side: Growing, { latenciesMs, ...more }: Side): void {
  side.events += more.events;
  side.sets += more.sets;
  side.seconds += more.seconds;
  side.cpuUs += more.cpuUs;
  side.serverUs += more.serverUs;
  for (const ms of latenciesMs) side.latenciesMs.push(ms);
}

/** For the notes of a report. */
export const toldOf = (side: Side): string =>
  `${shown(rateOf(side))} events/s, ${shown(side.events / side.sets)} events per Set; ` +
  `of ${side.latenciesMs.length} calls p50 ${shown(percentile(side.latenciesMs, 0.5))} ms, p99 ${shown(percentile(side.latenciesMs, 0.99))} ms; ` +
  `CPU per event: ${shown(side.cpuUs / side.events)} µs here, ${shown(side.serverUs / side.events)} µs in the server`;

export const rateOf = ({ events, seconds }: Side): number => events / seconds;
