import type { Member } from "../board.ts";
import { HostNameTakenError } from "../errors.ts";
import type { Parts } from "../host/parts.ts";

/** Says on the board who this host is, and that it is alive. */
export type Announcing = {
  /** It has been announced just now. */
  begin(now: number): void;
  /** Announces, and gives signs of life, where it is time to. */
  look(now: number): void;
  /** There is something else to say. */
  soon(): void;
};

/** `onNameTaken`: somebody else has our name, who took this host for dead. */
export function createAnnouncing(
  { board, clock, settings, log, host, incarnation, own, poke }: Parts,
  memberNow: () => Member,
  onNameTaken: (error: HostNameTakenError) => void,
): Announcing {
  let [announceAt, announcing, beatAt] = [0, false, 0];

  async function announce(): Promise<void> {
    announcing = true;
    announceAt = Infinity;
    try {
      await board.members.announce(memberNow());
      // 0 where there is more to say by now.
      announceAt = Math.min(announceAt, clock.monotonic() + settings.renewMs);
    } catch (error) {
      if (error instanceof HostNameTakenError) return onNameTaken(error);
      announceAt = clock.monotonic() + settings.retryMs;
      log.warn({ err: error, host }, "this host could not be announced: trying again");
    } finally {
      announcing = false;
    }
  }

  return {
    begin(now) {
      announceAt = now + settings.renewMs;
    },
    look(now) {
      if (now >= beatAt) {
        beatAt = now + settings.beatMs;
        board.members.beat(host, incarnation);
      }
      if (now >= announceAt && !announcing) own(announce());
    },
    soon() {
      announceAt = 0;
      poke();
    },
  };
}
