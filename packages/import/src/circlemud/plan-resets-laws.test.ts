import fc from "fast-check";
import { expect, test } from "vitest";
import { planResets } from "./plan-resets.ts";
import { readWorld } from "./read-world.ts";
import type { ResetPlan } from "./reset-plan.ts";
import { worldWith } from "./testing/small-world.ts";

const plan = (resets: readonly string[]): ResetPlan =>
  planResets(readWorld(worldWith({ zon: `#1\nZ~\n100 199 1 1\n${resets.join("\n")}\nS` })).world);

test("any resets give a plan where each thing has one place, holders come first and no slot is taken twice", () => {
  const vnum = fc.constantFrom(100, 101, 102, 103);
  const reset = fc
    .tuple(fc.constantFrom(...Array.from("MOGEPDR")), fc.nat({ max: 1 }), vnum, fc.nat({ max: 4 }), vnum, fc.nat({ max: 17 }))
    .map(([command, flag, first, max, second, slot]) => {
      if (command === "E") return `E ${flag} ${first} ${max} ${slot}`;
      if (command === "D") return `D ${flag} ${first} ${slot % 6} ${max % 3}`;
      return command === "R" ? `R ${flag} ${first} ${second}` : `${command} ${flag} ${first} ${max} ${second}`;
    });
  fc.assert(
    fc.property(fc.array(reset, { maxLength: 60 }), (resets) => {
      const result = plan(resets);
      const seen = new Set<string>();
      const slots = new Set<string>();
      const counts = new Map<string, number>();
      for (const { key, kind, vnum: prototype, place } of result.instances) {
        expect(seen).not.toContain(key);
        if (place.in === "instance") expect(seen).toContain(place.key);
        if (place.in === "instance" && place.as === "worn") {
          expect(slots).not.toContain(`${place.key} ${place.slot}`);
          slots.add(`${place.key} ${place.slot}`);
        }
        seen.add(key);
        counts.set(`${kind} ${prototype}`, (counts.get(`${kind} ${prototype}`) ?? 0) + 1);
      }
      expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(4);
      expect(plan(resets)).toEqual(result);
    }),
    { numRuns: 300 },
  );
});
