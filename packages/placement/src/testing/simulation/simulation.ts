import { amiss } from "./amiss.ts";
import { createSimLog } from "./sim-log.ts";
import { createSimHosts, type SimHosts } from "./sim-hosts.ts";
import { createStage, type Stage } from "./stage.ts";
import { createTrouble, names, restore } from "./trouble.ts";

export type SimulationResult = {
  /** What must never be and was. */
  readonly wrong: readonly string[];
  readonly commits: number;
  readonly refused: number;
  readonly raised: number;
  readonly takeovers: number;
  readonly handOvers: number;
  readonly stalls: number;
  /** Virtual milliseconds from the end of all trouble until everything was where it belongs. */
  readonly settledMs: number;
};

const troubleMs = 45_000;
const quietMs = 120_000;
const restMs = 20_000;

/**
 * Plays hosts on one board and one log through trouble that the seed decides: machines that sleep between any two steps, crash, come and go,
 * lines that break, answers that get lost, clocks that go wrong, an operator who wishes. Then lets it be quiet.
 */
export async function simulate(seed: number): Promise<SimulationResult> {
  const stage = createStage(seed);
  const { chance, clock, counts, hosts, never, notes, present, wrong } = stage;
  const simHosts = createSimHosts(stage, createSimLog(stage));
  const trouble = createTrouble(stage, simHosts);

  for (const name of names.slice(0, 3)) void simHosts.join(name);
  while (clock.monotonic() < troubleMs) {
    await clock.advance(chance.between(200, 4_000));
    trouble();
  }
  becomeQuiet(stage, simHosts);
  const settledMs = await settled(stage);
  const before = notes.length;
  await clock.advance(restMs);
  if (notes.length > before) never(`it flaps: ${notes.slice(before).join("; ")}`);

  const counted = hosts.map(({ placement }) => placement?.view().counts);
  const sum = (of: "takeovers" | "handOvers" | "stalls"): number => counted.reduce((all, one) => all + (one?.[of] ?? 0), 0);
  const sums = { takeovers: sum("takeovers"), handOvers: sum("handOvers"), stalls: sum("stalls") };
  for (const host of present()) simHosts.leave(host);
  await clock.advance(60_000);
  for (const { name } of present()) never(`${name} does not end`);
  const { commits, refused, raised } = counts;
  return { wrong: wrong.length === 0 ? wrong : [...wrong, ...notes], commits, refused, raised, ...sums, settledMs };
}

function becomeQuiet({ hosts, note, present, serving, weather }: Stage, { join }: SimHosts): void {
  note("quiet");
  weather.rough = false;
  for (const { machine, toBoard, toStore } of hosts) {
    machine.wake();
    restore(toBoard);
    restore(toStore);
  }
  if (serving().length === 0) void join(names.find((name) => present().every((host) => host.name !== name)) ?? "elm");
}

/** How long it takes until all is as it should be, and stays so. */
async function settled(stage: Stage): Promise<number> {
  const { clock, never } = stage;
  const from = clock.monotonic();
  let why: string | undefined = "nothing was looked at";
  // Whoever crashed a moment ago is not known to be dead yet: what is right has to stay so for longer than that takes.
  for (let right = 0; right < 6 && clock.monotonic() < from + quietMs;) {
    await clock.advance(1_000);
    why = await amiss(stage);
    right = why === undefined ? right + 1 : 0;
  }
  if (why !== undefined) never(`not settled after ${quietMs} ms: ${why}`);
  return clock.monotonic() - from;
}
