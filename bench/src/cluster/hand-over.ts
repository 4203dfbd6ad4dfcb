import { figureOf, type Aim, type Figure } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";
import { median } from "../harness/stats.ts";
import { spending } from "./cpu.ts";
import { settled } from "./owners.ts";
import { pausesAfter } from "./pauses.ts";
import { nowMs } from "./places.ts";
import { partitions, type ClusterUnderTest } from "./with-cluster.ts";

export type Paused = { readonly pauses: readonly number[]; readonly untouched: readonly number[]; readonly others: number };

const signals = ["SIGTERM", "SIGKILL"] as const;

/** Of a cluster with two hosts: the second one is drained, then killed, so many times each. */
export async function handOverPauses(
  test: ClusterUnderTest,
  rounds: number,
  progress: (text: string) => void,
): Promise<Readonly<Record<(typeof signals)[number], readonly Paused[]>>> {
  const pauses = { SIGTERM: [] as Paused[], SIGKILL: [] as Paused[] };
  for (const signal of signals) {
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${signal}: round ${round} of ${rounds}`);
      pauses[signal].push(await pausedBy(test, signal));
    }
  }
  return pauses;
}

/** The two figures of these, with something at the end of their names that tells of what cluster they are. */
export const handOverFigures = (
  { SIGTERM, SIGKILL }: Awaited<ReturnType<typeof handOverPauses>>,
  checked: string,
  suffix = "",
): readonly Figure[] => [
  pauseFigure({ name: `cluster-drain-pause${suffix}`, how: "drained by SIGTERM", paused: SIGTERM, checked }),
  pauseFigure({ name: `cluster-takeover-pause${suffix}`, how: "killed by SIGKILL", paused: SIGKILL, checked, aim: { atMost: 3_000 } }),
];

/** Ends the second host while each partition is sent commands, and has it back. */
async function pausedBy({ cluster, system: { client, processes } }: ClusterUnderTest, signal: "SIGTERM" | "SIGKILL"): Promise<Paused> {
  const host = cluster.services.get("host-2");
  if (host === undefined) throw new Error("there is no second host");
  const owned = await settled(cluster, 2);
  const its = owned.flatMap(({ partition, owner }) => (owner === host.name ? [partition] : []));
  const rest = owned.flatMap(({ partition, owner }) => (owner === host.name ? [] : [partition]));
  await client.probe(partitions);
  // The killed one's use of the processors is gone with it: it counts among the others'.
  const watched = processes().filter(({ name }) => name !== host.name);
  const { done, others } = await spending(watched, async () => {
    const sinceMs = nowMs();
    await host.signal(signal);
    const probed = await client.probed();
    return { pauses: pausesAfter(probed, its, sinceMs), untouched: pausesAfter(probed, rest, sinceMs) };
  });
  await host.restart();
  await settled(cluster, 2);
  return { ...done, others };
}

type PauseParts = {
  readonly name: string;
  readonly how: string;
  readonly paused: readonly Paused[];
  readonly checked: string;
  readonly aim?: Aim;
};

function pauseFigure({ name, how, paused, checked, aim }: PauseParts): Figure {
  return figureOf({
    name,
    unit: "ms, the longest of all partitions",
    ...(aim === undefined ? {} : { aim }),
    rounds: paused.map(({ pauses, untouched, others }) => ({ value: Math.max(...pauses), floor: median(untouched), others })),
    floorDoes: "the median of the longest pauses of the partitions that the other host had all the time",
    notes: [
      ...paused.map(
        ({ pauses }, index) =>
          `round ${index + 1}: ${pauses.length} partitions, median ${shown(median(pauses))} ms, longest ${shown(Math.max(...pauses))} ms`,
      ),
      `a host of two is ${how} while each of ${partitions} partitions is sent a command every 20 ms, which is sent again after 250 ms without a reply`,
      checked,
    ],
  });
}
