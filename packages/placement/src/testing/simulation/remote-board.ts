import type { Board, Change } from "../../board.ts";
import type { Clock } from "../../clock.ts";
import { BoardUnavailableError } from "../../errors.ts";
import type { Chance } from "./chance.ts";
import type { Link, Machine, Weather } from "./machine.ts";

/** A board as a machine sees it over its line: calls get lost, changes come late but in order, signs of life may not come at all. */
export function remoteBoard(board: Board, machine: Machine, link: Link, base: Clock, chance: Chance, weather: Weather): Board {
  const unknown = (): Error => new BoardUnavailableError("no answer in time");
  const call = <T>(work: () => Promise<T>): Promise<T> => machine.call(link, work, unknown);

  return {
    ttlMs: board.ttlMs,
    members: {
      announce: (member, predecessor) => call(() => board.members.announce(member, predecessor)),
      withdraw: (host, incarnation) => call(() => board.members.withdraw(host, incarnation)),
      beat: (host, incarnation) => {
        if (!link.up || (weather.rough && chance.is(0.05))) return;
        base.after(chance.between(1, 20), () => board.members.beat(host, incarnation));
      },
    },
    leases: {
      claim: (partition, claim, seen) => call(() => board.leases.claim(partition, claim, seen)),
      read: (partition) => call(() => board.leases.read(partition)),
      release: (partition, seen) => call(() => board.leases.release(partition, seen)),
    },
    pin: (partition, host) => call(() => board.pin(partition, host)),
    async watch(onChange) {
      const first: Change[] = [];
      let isTold = false;
      let last = 0;
      const later: (() => void)[] = [];
      const send = (change: Change): void => {
        if (!link.up) {
          if (change.kind !== "beat") link.waiting.push(() => send(change));
          return;
        }
        const at = Math.max(last, base.monotonic() + chance.between(1, 20));
        last = at;
        const tell = (): void => machine.onMachine(() => onChange(change));
        base.after(at - base.monotonic(), () => {
          if (isTold) tell();
          else later.push(tell);
        });
      };
      let watching = false;
      const watch = await call(async () => {
        const real = await board.watch((change) => {
          if (watching) send(change);
          else first.push(change);
        });
        watching = true;
        return real;
      });
      for (const change of first) onChange(change);
      isTold = true;
      for (const tell of later.splice(0)) tell();
      return watch;
    },
    close: () => board.close(),
  };
}
