import { extend, fragment, register, reject } from "@aethyr/kernel";
import { player } from "@aethyr/world";
import { z } from "zod";

/** What the extension adds to a player: one field, one event, and what the event does to the field. */
const titles = fragment(
  { TitleGranted: z.object({ title: z.string() }) },
  { title: null as string | null },
  { TitleGranted: (_, { title }) => ({ title }) },
);
export const { TitleGranted } = titles.events;

/** A player with a title: legal while the player exists. Nothing in the world package knows of it. */
const titledPlayer = extend(player, { name: "player-title", fragment: titles, states: ["existing"] });

const GrantTitle = titledPlayer.command({
  input: z.object({ title: z.string().min(3).max(30) }),
  decide: ({ self, input }) => {
    if (self.state.context.title === input.title) return [];
    if (input.title === "Immortal" && !self.state.context.admin) return reject("not_an_admin", "only an administrator can be Immortal");
    return [TitleGranted(input)];
  },
});

export const playerTitles = register(
  titledPlayer,
  { GrantTitle },
  { remake: ({ context: { title } }) => (title === null ? [] : [{ command: "GrantTitle", data: { title } }]) },
);
