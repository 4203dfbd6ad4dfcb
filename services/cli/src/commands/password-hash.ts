import { readPasswordHash } from "../read-password.ts";
import { verb } from "../verb.ts";

export const passwordHash = verb({
  name: "hash",
  summary: "makes the argon2id hash that a player's password is kept as",
  details:
    "Asks for the password, twice and unseen; where standard input is no terminal, it is read from there, as one line. So it stands in no command line and no history of the shell. Only the hash goes into a world, and there it is sealed.",
  examples: [
    ["password hash", "asks for it; with `< password.txt` behind it, of that file"],
    ["password hash --output json", "for a script"],
  ],
  async run(call) {
    const phc = await readPasswordHash(call.io);
    await call.print.one({ passwordHash: phc }, [["password hash", phc]]);
  },
});
