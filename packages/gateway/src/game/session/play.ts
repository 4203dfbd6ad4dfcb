import { findCommand, commandTable } from "../command-table.ts";
import type { Command, CommandContext } from "../command.ts";
import { ConnectionEndedError } from "../../errors.ts";
import type { GameParts } from "../game-parts.ts";
import type { Sight } from "../sight.ts";
import { actionsOf } from "./actions.ts";
import type { Dialogue } from "./dialogue.ts";

/** Lets a person play until they quit: line by line, each done before the next is read. Rejects with `connection_ended`. */
export async function play(dialogue: Dialogue, sight: Sight, session: string, parts: GameParts, commands = commandTable): Promise<void> {
  const actions = actionsOf(dialogue, sight, session, parts);
  let quitting = false;
  while (!quitting) {
    const line = await dialogue.ask("> ");
    if (line.trim() === "") continue;
    const known = commands.filter(({ admin }) => admin !== true || sight.me().admin);
    const found = findCommand(line, known);
    if (found.kind === "unknown") dialogue.write("Nobody here knows what that means. `help` lists what you can do.");
    else if (found.kind === "whole") dialogue.write(`Type \`${found.command.name}\` in full if you mean it.`);
    else {
      const { word, rest, command } = found;
      await perform(command, { ...actions, sight, word, rest, commands: known, quit: () => (quitting = true) });
    }
  }

  async function perform(command: Command, context: CommandContext): Promise<void> {
    try {
      await command.run(context);
    } catch (error) {
      if (error instanceof ConnectionEndedError) throw error;
      parts.log.error({ err: error, command: command.name, player: sight.me().id }, "a command of the game failed");
      dialogue.write("Something went wrong with that. The people who look after this world can see what.");
    }
  }
}
