import { extend, fragment, register } from "@aethyr/kernel";
import { room } from "@aethyr/world";
import { z } from "zod";

/**
 * A game module as nobody should write it: what its event does depends on how often it was done, not on history. What a world holds in memory
 * is then another state than its events lead to, which is what tests of `world rebuild` need.
 */
let moods = 0;

const mood = fragment({ MoodChanged: z.object({}) }, { mood: 0 }, { MoodChanged: () => ({ mood: (moods += 1) }) });
const moodyRoom = extend(room, { name: "moody-room", fragment: mood, states: ["existing"] });
const ChangeMood = moodyRoom.command({ input: z.object({}), decide: () => [mood.events.MoodChanged({})] });

export const registrations = [register(moodyRoom, { ChangeMood })];
