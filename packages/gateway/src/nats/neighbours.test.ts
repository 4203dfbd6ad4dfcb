import { describe, expect, test } from "vitest";
import type { Presence, Signal } from "../game/broadcast/broadcast.ts";
import { createNeighbours } from "./neighbours.ts";

const person = (player: string, session = "s1"): Presence => ({ player, name: player, session, since: 1, linkDead: false });
const enter = (player: string): Signal => ({ kind: "entered", who: person(player), place: null });
const left = (player: string, session?: string): Signal => ({ kind: "left", who: person(player, session), place: null });
const node = "one";
const signal = (nth: number, given: Signal) => ({ word: "signal", node, nth, signal: given }) as const;
const here = (nth: number, at: number, of: number, ...who: Presence[]) => ({ word: "here", node, nth, at, of, who }) as const;

describe("[A8] what a gateway knows of another one", () => {
  test("is complete while no signal is missing, and asked for once one is", () => {
    const { hear } = createNeighbours();
    expect(hear({ word: "alive", node, nth: 0 }, 0).ask).toBe(true);
    expect(hear(here(0, 0, 0), 0)).toEqual({ signals: [], ask: false });
    expect(hear(signal(1, enter("ann")), 0)).toEqual({ signals: [enter("ann")], ask: false });
    expect(hear({ word: "alive", node, nth: 1 }, 0).ask).toBe(false);
    expect(hear(signal(3, enter("eve")), 0)).toEqual({ signals: [enter("eve")], ask: true });
    expect(hear({ word: "alive", node, nth: 3 }, 0).ask).toBe(true);
    expect(hear(here(3, 0, 1, person("eve")), 0).signals).toEqual([left("ann"), { kind: "present", who: person("eve") }]);
    expect(hear({ word: "alive", node, nth: 3 }, 0).ask).toBe(false);
  });

  test("holds no one for gone before all parts of who is there were heard", () => {
    const { hear } = createNeighbours();
    hear(here(2, 0, 2, person("ann"), person("bob")), 0);
    expect(hear(here(2, 0, 2, person("ann")), 0).signals).toEqual([{ kind: "present", who: person("ann") }]);
    expect(hear(here(2, 1, 2, person("bob", "s2")), 0).signals).toEqual([left("bob"), { kind: "present", who: person("bob", "s2") }]);
  });

  test("ends when it says so, or when it was silent for too long; each character of it leaves once", () => {
    const { hear, forget } = createNeighbours();
    hear(here(0, 0, 0), 0);
    hear(signal(1, enter("ann")), 5);
    expect(forget(5)).toEqual([]);
    expect(forget(6)).toEqual([{ node, signals: [left("ann")] }]);
    expect(forget(6)).toEqual([]);
    hear(here(1, 0, 1, person("ann")), 7);
    expect(hear({ word: "bye", node }, 8).signals).toEqual([left("ann")]);
    expect(forget(100)).toEqual([]);
  });
});
