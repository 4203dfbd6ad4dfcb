import { expect, test } from "vitest";
import { createLiveness } from "./liveness.ts";
import { defaults } from "../options.ts";

/** Time in steps of half a second; this host hears itself unless told otherwise. */
function listening() {
  const liveness = createLiveness(defaults);
  let now = 1_000;
  return {
    liveness,
    pass(ms: number, { others = [], deaf = false }: { others?: readonly string[]; deaf?: boolean } = {}): void {
      for (const end = now + ms; now < end;) {
        now += 500;
        if (!deaf) liveness.heardSelf(now);
        for (const other of others) liveness.heard(other, "1", now, "beat");
        liveness.look(now);
      }
    },
    alive: (host: string) => liveness.isAlive(host, "1"),
    beating: (host: string) => liveness.isBeating(host, "1", now),
    news: (host: string) => liveness.heard(host, "1", now, "written"),
  };
}

test("[P6] a host that is silent for 2 s is dead, one that is heard again is alive after a second", () => {
  const { pass, alive, beating } = listening();
  expect(alive("b")).toBe(false);
  pass(1_000, { others: ["b"] });
  expect([alive("b"), beating("b")]).toEqual([true, true]);
  pass(2_000);
  expect(alive("b")).toBe(true);
  pass(500);
  expect([alive("b"), beating("b")]).toEqual([false, false]);
  pass(1_000, { others: ["b"] });
  expect([alive("b"), beating("b")]).toEqual([false, true]);
  pass(500, { others: ["b"] });
  expect(alive("b")).toBe(true);
});

test("[P6] one that was heard once and is silent again stays dead", () => {
  const { pass, alive } = listening();
  pass(500, { others: ["b"] });
  pass(3_000);
  pass(500, { others: ["b"] });
  pass(2_500);
  pass(500, { others: ["b"] });
  expect(alive("b")).toBe(false);
});

test("[P5] who does not hear himself takes nobody for dead, nor for a while after", () => {
  const { pass, alive } = listening();
  pass(1_000, { others: ["b"] });
  pass(60_000, { deaf: true });
  expect(alive("b")).toBe(true);
  pass(5_000);
  expect(alive("b")).toBe(true);
  pass(1_000);
  expect(alive("b")).toBe(false);
});

test("[P8] news of a host is no proof that it is there now", () => {
  const { pass, alive, beating, news } = listening();
  pass(500);
  news("b");
  expect([alive("b"), beating("b")]).toEqual([true, false]);
});

test("[P6] who leaves is dead at once, and forgotten in the end", () => {
  const { pass, alive, liveness } = listening();
  pass(500, { others: ["b"] });
  liveness.left("b", "1");
  expect(alive("b")).toBe(false);
  pass(1_000, { others: ["b"] });
  expect(alive("b")).toBe(false);
  liveness.left("b", "1");
  pass(11 * 60_000);
  pass(500, { others: ["b"] });
  expect(alive("b")).toBe(true);
});
