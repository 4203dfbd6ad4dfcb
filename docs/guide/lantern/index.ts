import { register } from "@aethyr/kernel";
import { BreakLantern, FillLantern, LightLantern, MakeLantern, PutOutLantern } from "./commands.ts";
import { lantern } from "./lantern.ts";

export { lanternEvents } from "./events.ts";
export { lanternTable } from "./read-model.ts";
export const lanterns = register(
  lantern,
  { MakeLantern, LightLantern, PutOutLantern, FillLantern, BreakLantern },
  {
    remake: ({ context: { oil, litBy } }) => [
      { command: "MakeLantern", data: { oil } },
      ...(litBy === null ? [] : [{ command: "LightLantern", data: { playerId: litBy } }]),
    ],
  },
);
