import { CredentialsBusyError } from "./errors.ts";

/** For whom a password is looked at: what may be many, and all of one person. */
export type Asker = {
  /** Network address. */
  readonly address: string;
  /** Id of the player. */
  readonly player: string;
};

type Waiting = { readonly asker: Asker; readonly go: () => void };

/**
 * Runs so many at once and lets so many wait. Addresses take turns, whatever each of them has waiting; and of one address, as for one player, only
 * a few wait at all. Refuses the rest as `credentials_busy`, which says of what there was too much.
 */
export function createLimit(bounds: {
  readonly atOnce: number;
  readonly waiting: number;
  readonly ofOneAddress: number;
  readonly forOnePlayer: number;
}) {
  /** By address, in the order in which they have their turns. */
  const lanes = new Map<string, Waiting[]>();
  const waitingFor = new Map<string, number>();
  let waiting = 0;
  let running = 0;

  function line({ address, player }: Asker): void {
    if ((lanes.get(address)?.length ?? 0) >= bounds.ofOneAddress) throw new CredentialsBusyError("address");
    if ((waitingFor.get(player) ?? 0) >= bounds.forOnePlayer) throw new CredentialsBusyError("player");
    if (waiting >= bounds.waiting) throw new CredentialsBusyError("all");
    waiting += 1;
    waitingFor.set(player, (waitingFor.get(player) ?? 0) + 1);
  }

  function next(): Waiting | undefined {
    const lane = lanes.entries().next().value;
    if (lane === undefined) return undefined;
    const [address, [first, ...others]] = lane;
    lanes.delete(address);
    if (others.length > 0) lanes.set(address, others);
    if (first === undefined) return undefined;
    const { player } = first.asker;
    const left = (waitingFor.get(player) ?? 1) - 1;
    if (left === 0) waitingFor.delete(player);
    else waitingFor.set(player, left);
    waiting -= 1;
    return first;
  }

  return async function limited<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    if (running >= bounds.atOnce) {
      line(asker);
      // Whoever ends hands its place on.
      await new Promise<void>((go) => lanes.set(asker.address, [...(lanes.get(asker.address) ?? []), { asker, go }]));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const after = next();
      if (after === undefined) running -= 1;
      else after.go();
    }
  };
}
