/** What a host has counted since it started. */
export type Counts = {
  /** Leases taken of hosts that were silent. */
  takeovers: number;
  fencesRaised: number;
  /** Partitions lost against the will of this host: fenced out, lease gone, or not renewed in time. */
  lost: number;
  handOvers: number;
  /** Writes of leases whose outcome is not known. */
  renewalFailures: number;
  /** Attempts to take a partition that came to nothing. */
  acquisitionFailures: number;
  stalls: number;
};

export const noCounts = (): Counts => ({
  takeovers: 0,
  fencesRaised: 0,
  lost: 0,
  handOvers: 0,
  renewalFailures: 0,
  acquisitionFailures: 0,
  stalls: 0,
});
