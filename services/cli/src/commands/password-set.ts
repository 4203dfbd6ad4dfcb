import { randomUUIDv7 } from "node:crypto";
import { pathOf } from "@aethyr/kernel";
import { protocolVersion, type CommandEnvelope } from "@aethyr/protocol";
import { refArgument } from "../arguments.ts";
import { CliError } from "../errors.ts";
import { readPasswordHash } from "../read-password.ts";
import { verb } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

export const passwordSet = verb({
  name: "set",
  summary: "gives a player a new password",
  details:
    "For who has forgotten theirs, or came without one in a world export. Asks for it, twice and unseen; where standard input is no terminal, it is read from there, as one line. Whoever plays the character goes on playing.",
  examples: [
    ["password set player/ann", "asks for the new password of Ann; with `< password.txt` behind it, of that file"],
    ["password set player/ann --output json", "for a script"],
  ],
  define: (command) => command.argument("<type/id>", "the player, such as player/ann"),
  async run(call) {
    const target = refArgument(call.args[0]);
    const passwordHash = await readPasswordHash(call.io);
    const command: CommandEnvelope = {
      v: protocolVersion,
      id: randomUUIDv7(),
      type: "UpdatePlayerPassword",
      target,
      data: { passwordHash },
      actor: "operator",
    };
    const [reply] = await withWorld(call, async ({ operations }) => operations.sendCommands([command]), { change: true });
    // A password may be set again and again: whoever does not know what became of it sets it once more.
    if (reply?.code !== "accepted")
      throw new CliError("command_refused", `${reply?.reason ?? reply?.code ?? "no reply"}: ${reply?.message ?? "set it once more"}`);
    await call.print.one({ player: pathOf(target), password: "set" }, [["password set", pathOf(target)]]);
  },
});
