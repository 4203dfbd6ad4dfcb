import { FencedError, OutcomeUnknownError, type Fences } from "@aethyr/event-store";
import { ref, type NewEvent } from "@aethyr/kernel";
import type { SimHost, Stage, Stint } from "./stage.ts";

/** The log that the simulated hosts share. It looks at whatever is done with it, and says what must never be. */
export type SimLog = {
  fencesOf(host: SimHost): Pick<Fences, "read" | "raise">;
  /** To be told whenever a host has written a lease. */
  leaseWritten(host: string, partition: string): void;
  /** Commits for as long as the stint lasts, whatever its host should know. */
  keepCommitting(stint: Stint, onLost: () => void): void;
};

export function createSimLog({ chance, counts, never, store }: Stage): SimLog {
  const raisedBy = new Map<string, SimHost>();
  const epochOf = new Map<string, number>();
  const lastAccepted = new Map<number, number>();
  /** In what order leases were written and fences raised. */
  const [leaseWrites, lastRaise] = [new Map<string, number>(), new Map<string, number>()];
  let steps = 0;

  const unknown = (): Error => new OutcomeUnknownError("no answer in time");

  const event = (): NewEvent => {
    counts.events += 1;
    const command = `c${counts.events}`;
    const meta = { command, actor: "player/ada", correlation: command, causation: null };
    return { id: `${command}/0`, type: "RoomCreated", schema: 1, machine: 1, time: "2026-01-02T03:04:05.678Z", data: {}, meta };
  };

  async function raise(host: SimHost, seen: Parameters<Fences["raise"]>[0]): ReturnType<Fences["raise"]> {
    const fence = await store.fences.raise(seen);
    steps += 1;
    // Whoever raises over another had the lease after the other had raised: else one that slept would shut out its successor.
    const written = leaseWrites.get(`${host.name} ${seen.partition}`) ?? -1;
    if (written < (lastRaise.get(seen.partition) ?? 0)) {
      never(`${host.name} shut out a successor from ${seen.partition} with epoch ${fence.epoch}`);
    }
    lastRaise.set(seen.partition, steps);
    counts.raised += 1;
    raisedBy.set(`${fence.partition} ${fence.epoch}`, host);
    epochOf.set(fence.partition, fence.epoch);
    return fence;
  }

  async function append({ host, partition, fence }: Stint) {
    const results = await store.append([
      { writes: [{ stream: ref("room", `r${partition}`), expected: "any", events: [event()], ends: false }], fence },
    ]);
    if (results[0]?.ok === true) {
      counts.commits += 1;
      if (fence.epoch !== epochOf.get(fence.partition)) never(`${host.name} committed in ${fence.partition} under an older fence`);
      if (raisedBy.get(`${fence.partition} ${fence.epoch}`) !== host) never(`${host.name} committed under a fence of another host`);
      if (fence.epoch < (lastAccepted.get(partition) ?? 0)) never(`epochs of commits in ${fence.partition} went back`);
      lastAccepted.set(partition, fence.epoch);
    }
    return results;
  }

  async function commit(stint: Stint): Promise<void> {
    const { machine, toStore } = stint.host;
    const [result] = await machine.call(toStore, () => append(stint), unknown);
    if (result?.ok === false && result.error instanceof FencedError) throw result.error;
  }

  function keepCommitting(stint: Stint, onLost: () => void): void {
    stint.host.machine.clock.after(chance.between(300, 2_000), () => {
      if (!stint.up) return;
      commit(stint).then(
        () => keepCommitting(stint, onLost),
        (error: unknown) => {
          if (!(error instanceof FencedError)) return keepCommitting(stint, onLost);
          counts.refused += 1;
          // Not everybody notices.
          if (chance.is(0.5)) onLost();
          else keepCommitting(stint, onLost);
        },
      );
    });
  }

  return {
    fencesOf: (host) => ({
      read: (partition) => host.machine.call(host.toStore, () => store.fences.read(partition), unknown),
      raise: (seen) => host.machine.call(host.toStore, () => raise(host, seen), unknown),
    }),
    leaseWritten(host, partition) {
      steps += 1;
      leaseWrites.set(`${host} ${partition}`, steps);
    },
    keepCommitting,
  };
}
