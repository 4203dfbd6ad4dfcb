import { expect } from "vitest";
import type { Json, Ref } from "@aethyr/kernel";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { command } from "./small-world.ts";

const dayMs = 86_400_000;

/** A day of January 2026 as it begins. */
export const at = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();

/** A small world for each test, in which the n-th command is sent on the n-th of January. */
export function datedWorldOfEachTest(reach: Reach) {
  let nowMs: number;
  const small = smallWorldOfEachTest(reach, () => {
    nowMs = Date.UTC(2025, 11, 31);
    return { now: () => nowMs };
  });
  /** Its id says what it is and when: `CreateRoom-1`. */
  async function send(type: string, target: Ref, data: Json, meta: object = {}): Promise<void> {
    nowMs += dayMs;
    const [reply] = await small.operations.sendCommands([
      { ...command(type, target, data, `${type}-${new Date(nowMs).getUTCDate()}`), ...meta },
    ]);
    expect(reply).toMatchObject({ code: "accepted" });
  }
  const make = async (the: Ref, data: Json = {}): Promise<void> =>
    send("CreateGameObject", the, { name: `the ${the.id}`, ...(data as object) });
  return { small, send, make };
}
