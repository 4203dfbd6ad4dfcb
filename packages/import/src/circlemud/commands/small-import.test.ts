import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { runImport } from "../../run/run-import.ts";
import { fakeClock } from "../../testing/fake-world.ts";
import { startWorldHost, type WorldHost, worldIn } from "../../testing/world-host.ts";
import { planResets } from "../plan-resets.ts";
import { readWorld } from "../read-world.ts";
import { smallWorld, worldWith } from "../testing/small-world.ts";
import { commandsOf } from "./commands-of.ts";

function phasesOf(texts: Parameters<typeof worldWith>[0] = {}) {
  const { world } = readWorld(worldWith(texts));
  return commandsOf(world, planResets(world));
}

describe("importing a small world", () => {
  const hosts: WorldHost[] = [];
  const start = (): WorldHost => {
    const host = startWorldHost();
    hosts.push(host);
    return host;
  };
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  test("again after records were changed leaves them as they are, and says which", async () => {
    const { store, send } = start();
    await runImport({ phases: phasesOf(), send, head: 0 });
    const before = await worldIn(store);

    const changed = phasesOf({
      wld: smallWorld.wld.replace("Flour everywhere", "Dust everywhere").replace("1 103 101", "2 103 101"),
      zon: smallWorld.zon.replace("E 1 101 5 16", "E 1 101 5 17"),
    });
    const result = await runImport({ phases: changed, send, head: await store.head() });
    expect(result.ended).toBe("complete");
    expect(result.problems.map(({ kind, reason, source }) => `${source.file}:${source.line} ${kind} ${reason}`)).toEqual([
      "wld/1.wld:1 changed already_exists",
      "wld/1.wld:6 changed exit_taken",
      "zon/1.zon:1 changed already_exists",
      "zon/1.zon:7 changed item_equipped",
    ]);
    expect(await worldIn(store)).toEqual(before);
  });

  test("again after somebody has lived there does not put things back", async () => {
    const { store, send } = start();
    await runImport({ phases: phasesOf(), send, head: 0 });
    const target = { type: "game-object", id: "circle-101-o-102-1" };
    const [moved] = await send([
      { v: 1, id: "carry-the-chest", type: "UpdateGameObjectContainer", target, data: { containerId: "room/circle-100" } },
    ]);
    expect(moved?.code).toBe("accepted");
    const before = await worldIn(store);

    const { phases, problems } = await runImport({ phases: phasesOf(), send, head: await store.head() });
    expect(problems).toEqual([]);
    expect(phases.every(({ total, alreadyThere }) => alreadyThere === total)).toBe(true);
    expect(await worldIn(store)).toEqual(before);
  });

  test("reports what the world does not take with the line of its record, and imports the rest", async () => {
    const { send } = start();
    const phases = phasesOf({ wld: smallWorld.wld.replace("1 103 101", "1 103 999").replace("The Yard", "x".repeat(129)) });
    const { ended, problems } = await runImport({ phases, send, head: 0 });
    expect(ended).toBe("complete");
    expect(problems.map(({ source, kind, code, reason }) => `${source.file}:${source.line} ${kind} ${code} ${reason}`).sort()).toEqual([
      "wld/1.wld:16 refused invalid invalid_input",
      "wld/1.wld:21 refused not_found undefined",
      "wld/1.wld:25 refused not_found undefined",
      "wld/1.wld:6 refused rejected room_not_found",
      "zon/1.zon:8 refused rejected container_not_found",
      "zon/1.zon:9 refused rejected container_not_found",
    ]);
  });

  test("[G1] over a line that loses commands and replies leads to the same world, every command once", async () => {
    const whole = start();
    await runImport({ phases: phasesOf(), send: whole.send, head: 0 });
    const wanted = await worldIn(whole.store);

    const fates = fc.array(fc.constantFrom("arrives", "command lost", "reply lost", "some replies lost"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fates, fc.integer({ min: 1, max: 8 }), async (lot, batchSize) => {
        const { store, send, close } = startWorldHost();
        const left = lot.values();
        const unreliable = async (commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> => {
          const fate = left.next().value ?? "arrives";
          if (fate === "command lost") throw new Error("command lost");
          const replies = await send(commands);
          if (fate === "reply lost") throw new Error("reply lost");
          return fate === "arrives" ? replies : replies.slice(1);
        };
        const { ended, phases, problems } = await runImport({
          phases: phasesOf(),
          send: unreliable,
          head: 0,
          batchSize,
          clock: fakeClock(),
          retryForMs: 600_000,
        });
        expect({ ended, problems }).toEqual({ ended: "complete", problems: [] });
        expect(phases.every(({ total, accepted }) => accepted === total)).toBe(true);
        expect(await worldIn(store)).toEqual(wanted);
        await close();
      }),
      { numRuns: 40 },
    );
  });
});
