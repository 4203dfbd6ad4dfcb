import { randomUUID } from "node:crypto";
import { ConnectionEndedError } from "../../errors.ts";
import type { GameParts } from "../game-parts.ts";
import { answerTo, itemList } from "../gmcp.ts";
import { createSight } from "../sight.ts";
import type { Dialogue } from "./dialogue.ts";
import { entranceOf } from "./entrance.ts";
import { logIn } from "./login.ts";
import { play } from "./play.ts";
import type { Roster } from "./roster.ts";
import { sendCommand } from "./send-command.ts";

/** All that one connection does, from the first word to the last. Never rejects for what a person or their connection does. */
export async function runSession(dialogue: Dialogue, parts: GameParts, roster: Roster): Promise<void> {
  const session = randomUUID();
  const sight = (playerId: string) => createSight(parts.view, parts.broadcast.online, playerId);
  let playerId: string | undefined;
  try {
    if (parts.view.position() === 0) dialogue.write("The world is waking up. One moment.");
    await parts.firstCaughtUp();
    playerId = await logIn(dialogue, parts);
    if (playerId === undefined) return;
    // A new character may be in the log and not in view yet.
    if (parts.view.player(playerId) === undefined) await parts.caughtUp();
    if (!(await stepIn(dialogue, parts, playerId))) return;
    const own = sight(playerId);
    const since = Math.max(parts.clock.now(), parts.broadcast.latest() + 1);
    const presence = { player: playerId, name: own.me().name, session, since, linkDead: false };
    await roster.enter(presence, dialogue, own);
    dialogue.gmcp(() => itemList(own, "inv"));
    dialogue.connection.onGmcp((message) => dialogue.gmcp(() => answerTo(message, own)));
    roster.viewer(playerId)?.arrive();
    await play(dialogue, own, session, parts);
    await roster.leave(playerId, session);
    dialogue.close("Goodbye. What you have stays yours.");
  } catch (error) {
    if (!(error instanceof ConnectionEndedError)) {
      parts.log.error({ err: error, session, player: playerId ?? null }, "a session failed");
      dialogue.close("Something went wrong. Come back in a moment.");
    }
    if (playerId !== undefined) await roster.lose(playerId, session);
  }
}

/** Sees to it that the character is in a room that exists. */
async function stepIn(dialogue: Dialogue, parts: GameParts, playerId: string): Promise<boolean> {
  const { options, view } = parts;
  const start = entranceOf(view, options);
  if (start === undefined || view.roomAt(view.player(playerId)?.containerId ?? null) !== undefined) return true;
  const path = `player/${playerId}`;
  const data = { containerId: start.path };
  const { sent, text } = await sendCommand(parts, { type: "UpdateGameObjectContainer", path, data, actor: path });
  if (sent === "done" || sent === "nothing") return true;
  dialogue.close(text);
  return false;
}
