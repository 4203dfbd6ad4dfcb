import { must } from "../fault.ts";
import { choicesOf } from "../random.ts";
import type { ClusterFault } from "./cluster-fault.ts";
import { judgeCluster } from "./judge-cluster.ts";
import { startLoad } from "./load.ts";
import type { Stage } from "./stage.ts";

export type ClusterRoundParts = {
  readonly stage: Stage;
  readonly fault: ClusterFault;
  readonly seed: number;
  /** From 1. */
  readonly number: number;
  readonly progress: (text: string) => void;
};

const [fewest, more] = [40, 80];

/** One fault under load, and the verdict on everything that has happened on this cluster so far. Rejects where something does not hold. */
export async function runClusterRound({
  stage,
  fault,
  seed,
  number,
  progress,
}: ClusterRoundParts): Promise<Readonly<Record<string, number>>> {
  const { fire, buses, records } = stage;
  const choose = choicesOf(seed, fault.name, number);
  await fire.restore();
  const before = records.accepted.length;
  const load = startLoad({
    buses,
    records,
    round: `${fault.name}-${number}`,
    choicesOf: (sender) => choicesOf(seed, sender, number),
  });
  try {
    await load.acknowledged(fewest + choose(more));
    progress(fault.about);
    const done = await fault.run({ fire, choose, load });
    progress("putting things right");
    await fire.restore();
    await load.acknowledged(fewest + choose(more));
    await load.finish();
    progress("judging");
    await fire.restore();
    const events = await judgeCluster(fire, records);
    const ends = fire.unexpectedEnds();
    must(ends.length === 0, `ended by itself: ${ends.join(", ")}`);
    const these = records.accepted.slice(before);
    return {
      ...done,
      commands: these.length,
      ...load.counts(),
      "longest log": events,
    };
  } finally {
    await load.finish().catch(() => undefined);
  }
}
