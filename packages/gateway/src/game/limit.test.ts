import { describe, expect, test } from "vitest";
import { createLimit } from "./limit.ts";

const bounds = { atOnce: 1, waiting: 6, ofOneAddress: 3, forOnePlayer: 2 };

/** Work that is held until it is let go, in the order in which it got its turn. */
function held(limited: ReturnType<typeof createLimit>) {
  const turns: string[] = [];
  const going: (() => void)[] = [];
  const ask = (player: string, address: string) =>
    limited({ player, address }, async () => {
      turns.push(player);
      await new Promise<void>((go) => going.push(go));
      return player;
    });
  async function finish(all: readonly Promise<unknown>[]): Promise<void> {
    let open = true;
    const done = Promise.allSettled(all).then(() => (open = false));
    while (open) {
      going.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  }
  return { turns, ask, finish };
}

describe("[G12] turns", () => {
  test("addresses have them one after another, whatever one of them asks for", async () => {
    const { turns, ask, finish } = held(createLimit(bounds));
    const all = [ask("m1", "m"), ask("m2", "m"), ask("m3", "m"), ask("m4", "m"), ask("n1", "n"), ask("o1", "o"), ask("n2", "n")];
    expect(turns).toEqual(["m1"]);
    await finish(all);
    expect(turns).toEqual(["m1", "m2", "n1", "o1", "m3", "n2", "m4"]);
  });

  test("of one address, for one player and of all only so many wait; the next is refused, and says of what there is too much", async () => {
    const { turns, ask, finish } = held(createLimit(bounds));
    const all = [ask("m1", "m"), ask("m2", "m"), ask("m3", "m"), ask("m4", "m")];
    await expect(ask("m5", "m")).rejects.toMatchObject({ code: "credentials_busy", busy: "address" });
    all.push(ask("ann", "n"), ask("ann", "o"));
    await expect(ask("ann", "p")).rejects.toMatchObject({ code: "credentials_busy", busy: "player" });
    all.push(ask("eve", "p"));
    await expect(ask("ivy", "q")).rejects.toMatchObject({ code: "credentials_busy", busy: "all" });
    await finish(all);
    expect(turns).toHaveLength(7);
    await finish([ask("ann", "n"), ask("m5", "m"), ask("ivy", "q")]);
    expect(turns.slice(7).sort()).toEqual(["ann", "ivy", "m5"]);
  });

  test("so many are at work at once, and a place is given back whatever becomes of the work", async () => {
    const limited = createLimit({ ...bounds, atOnce: 2 });
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    let running = 0;
    let most = 0;
    const work = gates.map(({ promise }, index) =>
      limited({ player: `p${index}`, address: `${index}` }, async () => {
        most = Math.max(most, (running += 1));
        await promise.finally(() => (running -= 1));
      }),
    );
    gates[0]!.reject(new Error("failed"));
    await expect(work[0]).rejects.toThrow("failed");
    for (const { resolve } of gates) resolve();
    await Promise.allSettled(work);
    expect(most).toBe(2);
    expect(await limited({ player: "p", address: "a" }, async () => "free")).toBe("free");
  });
});
