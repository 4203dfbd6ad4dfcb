import { randomUUID } from "node:crypto";
import { ref } from "@aethyr/kernel";
import { ConnectionEndedError } from "../errors.ts";
import type { GameParts } from "../game-parts.ts";
import { answerTo, itemList } from "../gmcp.ts";
import { createSight } from "../sight.ts";
import { noAnswer, refusalText } from "../texts/refusals.ts";
import { entranceOf } from "./entrance.ts";
import { logIn } from "./login.ts";
import { play } from "./play.ts";
import type { Roster } from "./roster.ts";
import type { Terminal } from "./terminal.ts";

/** All that one connection does, from the first word to the last. Never rejects for what a person or their connection does. */
export async function runSession(terminal: Terminal, parts: GameParts, roster: Roster): Promise<void> {
  const session = randomUUID();
  const sight = (playerId: string) => createSight(parts.view, parts.broadcast.online, playerId);
  let playerId: string | undefined;
  try {
    if (parts.view.position() === 0) terminal.write("The world is waking up. One moment.");
    await parts.awake();
    playerId = await logIn(terminal, parts);
    if (playerId === undefined) return;
    // A new character may be in the log and not in view yet.
    if (parts.view.player(playerId) === undefined) await parts.ready();
    if (!(await stepIn(terminal, parts, playerId))) return;
    const own = sight(playerId);
    const presence = { player: playerId, name: own.me().name, session, since: parts.clock.now(), linkDead: false };
    await roster.enter(presence, terminal, own);
    terminal.gmcp(itemList(own, "inv"));
    terminal.onGmcp((message) => {
      const answer = answerTo(message, own);
      if (answer !== undefined) terminal.gmcp(answer);
    });
    roster.viewer(playerId)?.arrive();
    await play(terminal, own, session, parts);
    await roster.leave(playerId, session);
    terminal.close("Goodbye. What you have stays yours.");
  } catch (error) {
    if (!(error instanceof ConnectionEndedError)) {
      parts.log.error({ err: error, session, player: playerId ?? null }, "a session failed");
      terminal.close("Something went wrong. Come back in a moment.");
    }
    if (playerId !== undefined) await roster.lose(playerId, session);
  }
}

/** Sees to it that the character is in a room that exists. */
async function stepIn(terminal: Terminal, parts: GameParts, playerId: string): Promise<boolean> {
  const { client, options, view, log } = parts;
  const player = view.player(playerId);
  const start = entranceOf(view, options);
  if (start === undefined || view.roomAt(player?.containerId ?? null) !== undefined) return true;
  try {
    const target = ref("player", playerId);
    const sent = { actor: `player/${playerId}`, timeoutMs: options.commandMs };
    const reply = await client.send("UpdateGameObjectContainer", target, { containerId: start.path }, sent);
    if (reply.code === "accepted") {
      await parts.settle(reply.position);
      return true;
    }
    terminal.close(refusalText(reply));
  } catch (error) {
    log.error({ err: error, player: playerId }, "a character could not be brought into the world");
    terminal.close(noAnswer);
  }
  return false;
}
