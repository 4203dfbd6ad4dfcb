import { command } from "../command.ts";

export const setpassword = command({
  name: "setpassword",
  whole: true,
  usage: ["setpassword"],
  help: "Changes your password. You are asked for the old one, and twice for the new one; an empty line calls it off.",
  sends: ["UpdatePlayerPassword"],
  events: ["PlayerPasswordUpdated"],
  async run({ sight, ask, tell, send, password }) {
    const old = await ask("Your password now: ", { hidden: true });
    if (old === "") return tell("Your password stays as it is.");
    const verdict = await password.check(old);
    if (verdict.kind !== "right") return tell(verdict.kind === "wrong" ? "That is not your password." : verdict.text);
    const hashed = await password.askNew();
    if (hashed?.kind === "hashed") await send("UpdatePlayerPassword", sight.me().path, { passwordHash: hashed.hash });
    else tell(hashed?.text ?? "Your password stays as it is.");
  },
});
