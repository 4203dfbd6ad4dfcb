import { ref } from "@aethyr/kernel";
import type { Hint } from "@aethyr/protocol";
import { describe, expect } from "vitest";
import { type OnBus, until } from "./support.ts";

export function hintsContract(onBus: OnBus): void {
  describe("hints", () => {
    onBus("reach everybody who listens, as they were told, until they stop", async (connect) => {
      const [teller, listener] = [await connect(), await connect()];
      const [own, others]: Hint[][] = [[], []];
      await teller.hints((hint) => void own?.push(hint));
      const listening = await listener.hints((hint) => void others?.push(hint));
      const told: readonly Hint[] = [
        { kind: "head", position: 7_178 },
        { kind: "stream", stream: ref("word.game", "en.1"), version: 3 },
      ];
      for (const hint of told) teller.hint(hint);
      await until(() => expect(others).toStrictEqual(told));
      await until(() => expect(own).toStrictEqual(told));
      await listening.close();
      await listening.close();
      teller.hint({ kind: "head", position: 8_192 });
      await until(() => expect(own).toHaveLength(3));
      expect(others).toStrictEqual(told);
    });

    onBus("that nobody listens to are nobody's trouble", async (connect) => {
      const [teller, late] = [await connect(), await connect()];
      teller.hint({ kind: "head", position: 1 });
      await teller.deadLetters(1);
      const heard: Hint[] = [];
      await late.hints((hint) => void heard.push(hint));
      teller.hint({ kind: "head", position: 2 });
      await until(() => expect(heard).toStrictEqual([{ kind: "head", position: 2 }]));
    });
  });
}
