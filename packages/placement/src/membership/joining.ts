import type { Change, Member, Members } from "../board.ts";
import type { Clock } from "../clock.ts";
import { HostNameTakenError, OtherMapError, type PlacementError } from "../errors.ts";

/** What stands against joining, of those that are on the board. */
function rivalry(member: Member, self: Member): PlacementError | undefined {
  if (member.incarnation === self.incarnation) return undefined;
  if (member.host === self.host) return new HostNameTakenError(self.host);
  return member.map === self.map ? undefined : new OtherMapError(member.host, member.map, self.map);
}

/**
 * Waits where somebody on the board has our name or another map: what a host that died left there is no hindrance, one that gives a sign of
 * life is. Gives the incarnation of a dead host that had our name. Rejects with `HostNameTakenError` or `OtherMapError`.
 */
async function noRivals(
  self: Member,
  members: ReadonlyMap<string, Member>,
  silenceMs: number,
  clock: Clock,
  listen: (onChange: ((change: Change) => void) | undefined) => void,
): Promise<string | undefined> {
  const rivals = [...members.values()].filter((member) => rivalry(member, self) !== undefined);
  if (rivals.length === 0) return undefined;
  const verdict = Promise.withResolvers<PlacementError | undefined>();
  const cancel = clock.after(silenceMs, () => verdict.resolve(undefined));
  listen((change) => {
    if (change.kind === "beat") {
      const rival = rivals.find(({ host, incarnation }) => host === change.host && incarnation === change.incarnation);
      if (rival !== undefined) verdict.resolve(rivalry(rival, self));
    }
    if (change.kind === "member" && change.member !== undefined) {
      const found = rivalry(change.member, self);
      if (found !== undefined) verdict.resolve(found);
    }
  });
  try {
    const found = await verdict.promise;
    if (found !== undefined) throw found;
    return rivals.find(({ host }) => host === self.host)?.incarnation;
  } finally {
    cancel();
    listen(undefined);
  }
}

/** Writes the first announcement, over that of a dead host of our name at most. Rejects with `HostNameTakenError`, `OtherMapError`, and as a board. */
export async function announceFirst(
  board: Pick<Members, "announce">,
  self: Member,
  members: ReadonlyMap<string, Member>,
  silenceMs: number,
  clock: Clock,
  listen: (onChange: ((change: Change) => void) | undefined) => void,
): Promise<void> {
  const predecessor = await noRivals(self, members, silenceMs, clock, listen);
  await board.announce(self, predecessor);
}
