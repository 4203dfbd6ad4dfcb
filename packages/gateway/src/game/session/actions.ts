import type { CommandContext } from "../command.ts";
import type { GameParts } from "../game-parts.ts";
import type { Sight } from "../sight.ts";
import type { Dialogue } from "./dialogue.ts";
import { askNewPassword } from "./new-password.ts";
import { sendCommand } from "./send-command.ts";

/** What of a command's context is the same for every line that a person types. */
export type Actions = Omit<CommandContext, "sight" | "word" | "rest" | "commands" | "quit">;

/** What commands do for somebody, under the story of one session. */
export function actionsOf(dialogue: Dialogue, sight: Sight, session: string, parts: GameParts): Actions {
  const { broadcast, guard, log } = parts;
  const { id: player, path: actor, name } = sight.me();
  const from = { player, name };
  const typist = { playerId: player, remote: dialogue.connection.remote };
  return {
    tell: dialogue.write,
    ask: dialogue.ask,
    async send(type, path, data, otherwise) {
      const { sent, text } = await sendCommand(parts, { type, path, data, actor, correlation: session }, otherwise);
      if (text !== undefined) dialogue.write(text);
      return sent;
    },
    async speak(how, text) {
      const place = sight.me().containerId;
      if (place !== null) await broadcast.send({ kind: "said", how, from, place, text });
    },
    speakTo: (to, text) => broadcast.send({ kind: "told", from, to, text }),
    password: {
      check: (password) => guard.check(typist, password),
      async askNew() {
        const password = await askNewPassword(dialogue.ask, dialogue.write);
        return password === undefined ? undefined : guard.hash(typist, password);
      },
    },
    colours: dialogue.colours,
    async statistics() {
      try {
        return await parts.statistics?.();
      } catch (error) {
        log.warn({ err: error }, "the event store gives no statistics");
        return undefined;
      }
    },
  };
}
