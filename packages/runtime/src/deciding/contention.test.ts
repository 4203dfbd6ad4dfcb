import { expect, test } from "vitest";
import { restMs, yieldMs } from "./back-off.ts";
import { fightOverChest } from "../testing/contention.ts";
import { openFencedTestStore, placing, runsHere, startHost } from "../testing/index.ts";

const there = openFencedTestStore() !== undefined;

test("[R40] who is overtaken goes on at once, who is overtaken again rests up to 4, 8, 16, 32 ms by chance", () => {
  expect([1, 2, 3, 4, 5, 6, 50].map((overtaken) => restMs(overtaken, () => 1))).toEqual([0, 4, 8, 16, 32, 32, 32]);
  expect([1, 2, 6].map((overtaken) => restMs(overtaken, () => 0))).toEqual([0, 0, 0]);
  expect(restMs(4, () => 0.5)).toBe(8);
});

test("[R40] an aggregate is left to others for some three commits, 16 to 500 ms, or up to half of that less by chance", () => {
  expect([0, 5, 10, 100, 10_000].map((commitMs) => yieldMs(commitMs, () => 1))).toEqual([16, 16, 30, 300, 500]);
  expect(yieldMs(100, () => 0)).toBe(150);
});

test.runIf(there).each([
  ["ask each other", true, true],
  ["tell each other", true, false],
  ["tell each other nothing", false, false],
])(
  "[R40][R42][G1][G5][G12] 32 senders on two hosts that %s fight over one chest whose owner's senders do not stop: all finish, nothing is doubled",
  async (_, hinted, asking) => {
    const world = openFencedTestStore()!;
    const [first, second] = [placing(world), placing(world)];
    await Promise.all([first.take(1), second.take(2)]);
    const one = startHost({
      store: world,
      ownership: first,
      ...(asking && { askOwner: (asked) => two.host.decideFor(asked) }),
      onMoved: (these) => hinted && these.forEach(({ stream, version }) => two.host.moved(stream, version)),
    });
    const two = startHost({ store: world, ownership: second });
    const { mostOvertaken } = await fightOverChest([one, two], world, hinted ? runsHere(20) : runsHere(3));
    // Each time is 8 attempts. Where the hosts tell each other, nobody has to send often, however long the others go on.
    if (hinted) expect(Math.max(...mostOvertaken)).toBeLessThan(20);
    await Promise.all([one.host.close(), two.host.close()]);
  },
);
