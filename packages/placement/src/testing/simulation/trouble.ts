import type { Link } from "./machine.ts";
import type { SimHosts } from "./sim-hosts.ts";
import { partitions, type Stage } from "./stage.ts";

export const names = ["ash", "birch", "cedar", "dogwood"] as const;

/** The line is up again, and what waited comes. */
export function restore(link: Link): void {
  link.up = true;
  for (const send of link.waiting.splice(0)) send();
}

/** What makes something bad happen, or just something, each time that it is called. */
export function createTrouble({ chance, clock, hosts, present, serving }: Stage, { join, crash, leave }: SimHosts): () => void {
  function cut(links: readonly Link[], ms: number): void {
    for (const link of links) link.up = false;
    clock.after(ms, () => links.forEach(restore));
  }

  function move(): void {
    const host = chance.of(serving());
    const [partition, onto] = [Math.floor(chance.between(0, partitions.count)), chance.is(0.7) ? chance.of(serving()).name : undefined];
    void host.placement?.move(partition, onto).catch(() => {
      // The board was away, or the host does not see that one.
    });
  }

  return () => {
    const free = names.filter((name) => present().every((host) => host.name !== name));
    if (serving().length === 0) {
      if (free.length > 0) void join(chance.of(free));
      return;
    }
    const host = chance.of(serving());
    const kind = chance.next();
    if (kind < 0.25) host.machine.sleep(chance.between(50, 25_000));
    else if (kind < 0.4) cut([host.toBoard], chance.between(200, 18_000));
    else if (kind < 0.5) cut([host.toStore], chance.between(200, 10_000));
    else if (kind < 0.55)
      cut(
        hosts.map(({ toBoard }) => toBoard),
        chance.between(500, 20_000),
      );
    else if (kind < 0.7 && free.length > 0) void join(chance.of(free));
    else if (kind < 0.8 && serving().length > 1) crash(host);
    else if (kind < 0.87 && serving().length > 1) leave(host);
    else if (kind < 0.97) move();
    else if (serving().length > 1) {
      host.leaving = true;
      void host.placement?.drain();
    }
  };
}
