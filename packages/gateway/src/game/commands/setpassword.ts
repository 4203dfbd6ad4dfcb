import type { Command } from "../command.ts";
import { askNewPassword } from "../texts/new-password.ts";

export const setpassword: Command = {
  name: "setpassword",
  whole: true,
  usage: ["setpassword"],
  help: "Changes your password. You are asked for the old one, and twice for the new one; an empty line calls it off.",
  sends: ["UpdatePlayerPassword"],
  events: ["PlayerPasswordUpdated"],
  async run({ sight, ask, tell, send, password }) {
    const old = await ask("Your password now: ", { hidden: true });
    const right = old === "" ? "Your password stays as it is." : await password.check(old);
    if (right !== true) return tell(right === false ? "That is not your password." : right);
    const wanted = await askNewPassword(ask, tell);
    if (wanted === undefined) return tell("Your password stays as it is.");
    const passwordHash = await password.hash(wanted);
    if (passwordHash !== undefined) await send("UpdatePlayerPassword", sight.me().path, { passwordHash });
  },
};
