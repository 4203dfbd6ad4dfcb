import type { PlannedInstance } from "../reset-plan.ts";

/** Names the aggregates of a world after its own numbers, so that every run gives the same names. */
export type Ids = {
  readonly room: (vnum: number) => string;
  readonly zone: (vnum: number) => string;
  readonly shop: (vnum: number) => string;
  readonly prototype: (kind: PlannedInstance["kind"], vnum: number) => string;
  readonly instance: (key: string) => string;
};

export function createIds(prefix: string): Ids {
  return {
    room: (vnum) => `${prefix}-${vnum}`,
    zone: (vnum) => `${prefix}-zone-${vnum}`,
    shop: (vnum) => `${prefix}-shop-${vnum}`,
    prototype: (kind, vnum) => `${prefix}-${kind === "mob" ? "mob" : "obj"}-${vnum}`,
    instance: (key) => `${prefix}-${key}`,
  };
}
