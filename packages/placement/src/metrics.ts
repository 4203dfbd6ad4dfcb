import type { PlacementView } from "./view.ts";

/** A metric of a host, to be wired to any library of metrics. */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  /** Its value now, read from `Placement.view()`. */
  readonly valueOf: (view: PlacementView) => number;
};

const owned = ({ partitions, host }: PlacementView): number => partitions.filter(({ owner }) => owner === host).length;
const desired = (view: PlacementView): number => view.partitions.filter((the) => the.desired === view.host).length;

/** All metrics of placement. */
export const placementMetrics: readonly Metric[] = [
  { name: "aethyr_leases_owned", help: "Partitions whose lease this host has", type: "gauge", valueOf: owned },
  { name: "aethyr_leases_desired", help: "Partitions that this host should own", type: "gauge", valueOf: desired },
  {
    name: "aethyr_partitions_active",
    help: "Partitions that this host serves",
    type: "gauge",
    valueOf: ({ partitions, host }) => partitions.filter(({ owner, state }) => owner === host && state === "active").length,
  },
  {
    name: "aethyr_partitions_unowned",
    help: "Partitions that nobody holds, as this host sees it",
    type: "gauge",
    valueOf: ({ partitions }) => partitions.filter(({ owner }) => owner === undefined).length,
  },
  {
    name: "aethyr_members_alive",
    help: "Hosts that this host hears, itself among them",
    type: "gauge",
    valueOf: ({ members }) => members.filter(({ alive }) => alive).length,
  },
  counter("aethyr_takeovers_total", "Leases that this host took of silent hosts", ({ counts }) => counts.takeovers),
  counter("aethyr_fences_raised_total", "Fences that this host raised", ({ counts }) => counts.fencesRaised),
  counter("aethyr_fences_lost_total", "Partitions that this host lost against its will", ({ counts }) => counts.lost),
  counter("aethyr_hand_overs_total", "Partitions that this host gave away in order", ({ counts }) => counts.handOvers),
  counter("aethyr_lease_renewal_failures_total", "Writes of leases whose outcome is not known", ({ counts }) => counts.renewalFailures),
  counter("aethyr_acquisition_failures_total", "Attempts to take a partition that failed", ({ counts }) => counts.acquisitionFailures),
  counter("aethyr_stalls_total", "Times that this host did not run for longer than a second", ({ counts }) => counts.stalls),
];

function counter(name: string, help: string, valueOf: Metric["valueOf"]): Metric {
  return { name, help, type: "counter", valueOf };
}
