import { InvalidDecisionError, pathOf, Ref, type Domain } from "@aethyr/kernel";
import { inUse, newHosted, type Hosted } from "./hosted.ts";
import type { Ports } from "../ports.ts";

/** The aggregates that a host has something of in memory, by path. */
export type Table = {
  /** The one of this name, made if need be. Throws `InvalidDecisionError` for what cannot be the name of an aggregate. */
  of(ref: Ref): Hosted;
  find(ref: Ref): Hosted | undefined;
  values(): IterableIterator<Hosted>;
  size(): number;
  /** Leaves it where it is if it is in use. */
  remove(hosted: Hosted): void;
};

type Parts = {
  readonly domain: Domain;
  readonly ports: Ports;
  /** Told when it has more than this, at most once per turn of the event loop. */
  readonly limit: number;
  readonly onExcess: () => void;
};

export function createTable({ domain, ports, limit, onExcess }: Parts): Table {
  const table = new Map<string, Hosted>();
  let told = false;

  function add(path: string, ref: Ref): Hosted {
    const kind = domain.aggregates.get(ref.type);
    // A name that no store takes would fail the question that is asked for many at once.
    if (kind === undefined || !Ref.safeParse(ref).success) {
      throw new InvalidDecisionError(`${JSON.stringify(path.slice(0, 200))} cannot be the name of an aggregate`, {
        ref: path.slice(0, 200),
      });
    }
    const hosted = newHosted(kind, ref);
    table.set(path, hosted);
    if (table.size > limit && !told) {
      told = true;
      setImmediate(() => {
        told = false;
        onExcess();
      });
    }
    return hosted;
  }

  return {
    of(ref) {
      const path = pathOf(ref);
      const hosted = table.get(path) ?? add(path, ref);
      hosted.lastUsedMs = ports.now();
      return hosted;
    },
    find: (ref) => table.get(pathOf(ref)),
    values: () => table.values(),
    size: () => table.size,
    remove(hosted) {
      if (!inUse(hosted)) table.delete(hosted.path);
    },
  };
}
