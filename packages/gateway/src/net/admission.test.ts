import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAdmission, plainAddress } from "./admission.ts";

describe("admission", () => {
  it("never lets more in than it may, and forgets who has left", () => {
    const step = fc.tuple(fc.boolean(), fc.constantFrom("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const admission = createAdmission({ connections: 5, connectionsPerAddress: 2 });
        const inside: string[] = [];
        for (const [enters, address] of steps) {
          if (enters && admission.enter(address) === undefined) inside.push(address);
          else if (!enters && inside.includes(address)) admission.leave(inside.splice(inside.indexOf(address), 1)[0] ?? "");
          const network = (one: string): string => (one === "2001:db8::2" ? "2001:db8::1" : one);
          expect(inside.length).toBeLessThanOrEqual(5);
          for (const one of inside) expect(inside.filter((other) => network(other) === network(one)).length).toBeLessThanOrEqual(2);
        }
        for (const address of inside) admission.leave(address);
        expect(["a", "b", "c", "d", "e", "f"].map((name) => admission.enter(name) === undefined)).toEqual([
          true,
          true,
          true,
          true,
          true,
          false,
        ]);
      }),
    );
  });

  it("takes a network of IPv6 for one address, written either way", () => {
    const admission = createAdmission({ connections: 10, connectionsPerAddress: 1 });
    expect(admission.enter("2001:DB8:0:0:1:2:3:4")).toBeUndefined();
    expect(admission.enter("2001:db8::9")).toContain("from your address");
    expect(admission.enter("::1")).toBeUndefined();
    expect(plainAddress("::ffff:10.0.0.1")).toBe("10.0.0.1");
    expect(plainAddress(undefined)).toBe("unknown");
  });
});
