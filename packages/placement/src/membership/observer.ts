import type { Board, Change, Member, Watch } from "../board.ts";
import type { Clock } from "../clock.ts";
import type { Partitions, Settings } from "../options.ts";
import { mapName } from "../partition-name.ts";
import { createLiveness, type Liveness } from "./liveness.ts";
import { createRoster, type Roster } from "./roster.ts";

export type ObserverParts = {
  readonly board: Pick<Board, "watch">;
  readonly partitions: Partitions;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "beatMs" | "silenceMs" | "graceMs" | "steadyMs">;
  /** Whether a sign of life shows that what others say gets here. */
  readonly isOwnSign: (incarnation: string) => boolean;
};

/** What a change meant to whoever saw it. */
export type News = {
  readonly now: number;
  /** Whether the board says anything else than before. */
  readonly different: boolean;
  /** Whether nothing was heard for a while until then. */
  readonly wasDeaf: boolean;
};

/** The board as one process sees it, and who of those on it is alive: for hosts, and for whoever only looks. */
export type Observer = {
  readonly roster: Roster;
  readonly liveness: Pick<Liveness, "isAlive" | "isBeating" | "heardSelf" | "disturbed" | "look">;
  /** Whether partitions may be given to a host: it is alive, of the same map, and does not drain. */
  isCandidate(host: string): boolean;
  candidates(): readonly Member[];
  /** Begins to see; resolves when all is known that was there. Rejects as a board. */
  watch(onChange: (change: Change, news: News) => void): Promise<Watch>;
};

export function createObserver({ board, partitions, clock, settings, isOwnSign }: ObserverParts): Observer {
  const map = mapName(partitions);
  const roster = createRoster();
  const liveness = createLiveness(settings);

  const takes = ({ host, incarnation, draining, map: theirs }: Member): boolean =>
    !draining && theirs === map && liveness.isAlive(host, incarnation);

  function see(change: Change): News {
    const now = clock.monotonic();
    const before = change.kind === "member" ? roster.members.get(change.host) : undefined;
    const different = roster.see(change);
    let wasDeaf = false;
    if (change.kind === "beat") {
      liveness.heard(change.host, change.incarnation, now, "beat");
      wasDeaf = isOwnSign(change.incarnation) && liveness.heardSelf(now);
    }
    if (change.kind === "member") {
      if (change.member !== undefined) liveness.heard(change.host, change.member.incarnation, now, "written");
      else if (before !== undefined) liveness.left(before.host, before.incarnation);
    }
    if (change.kind === "lease" && change.lease !== undefined) {
      liveness.heard(change.lease.host, change.lease.incarnation, now, "written");
    }
    return { now, different, wasDeaf };
  }

  return {
    roster,
    liveness,
    isCandidate(host) {
      const member = roster.members.get(host);
      return member !== undefined && takes(member);
    },
    candidates: () => [...roster.members.values()].filter(takes),
    watch: (onChange) => board.watch((change) => onChange(change, see(change))),
  };
}
