import { oneOf, ref, reject } from "@aethyr/kernel";
import { player } from "@aethyr/world";
import { z } from "zod";
import { lanternEvents } from "./events.ts";
import { lantern } from "./lantern.ts";

const { LanternMade, LanternLit, LanternPutOut, LanternFilled, LanternBroken } = lanternEvents;

export const MakeLantern = lantern.command({
  input: z.object({ oil: z.int().min(0).max(100).default(100) }),
  creates: true,
  decide: ({ input }) => [LanternMade(input)],
});

/** Only someone who exists can light it: a command that looks at another aggregate. */
export const LightLantern = lantern.command({
  input: z.object({ playerId: z.string().min(1) }),
  parties: { lighter: oneOf(player) },
  participants: ({ input }) => ({ lighter: ref("player", input.playerId) }),
  decide: ({ self, lighter, input }) => {
    if (!lighter?.exists) return reject("player_not_found", `there is no player ${input.playerId}`);
    if (self.state.matches({ existing: "lit" })) return [];
    if (self.state.context.oil === 0) return reject("no_oil", "it needs oil first");
    return [LanternLit({ by: lighter.id })];
  },
});

/** Chance is a fact: it is drawn here, once, and what comes of it is recorded. */
export const PutOutLantern = lantern.command({
  input: z.object({}),
  decide: ({ self, facts }) => {
    if (!self.state.matches({ existing: "lit" })) return [];
    const burnt = 1 + Math.floor(facts.random() * 10);
    return [LanternPutOut({ oilLeft: Math.max(0, self.state.context.oil - burnt) })];
  },
});

export const FillLantern = lantern.command({
  input: z.object({}),
  decide: ({ self }) => {
    if (self.state.matches({ existing: "lit" })) return reject("too_hot", "put it out first");
    return self.state.context.oil === 100 ? [] : [LanternFilled({ oil: 100 })];
  },
});

export const BreakLantern = lantern.command({ input: z.object({}), decide: () => [LanternBroken({})] });
